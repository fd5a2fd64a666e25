package io.sagaflow.testkit.model;

import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.SagaStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;

/** A store that doesn't tell who claims a saga that its last owner has died. */
final class OrphanHidingStore implements InvocationHandler {

  private final SagaStore store;

  private OrphanHidingStore(SagaStore store) {
    this.store = store;
  }

  static SagaStore around(SagaStore store) {
    return (SagaStore)
        Proxy.newProxyInstance(
            SagaStore.class.getClassLoader(),
            new Class<?>[] {SagaStore.class},
            new OrphanHidingStore(store));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    try {
      Object result = method.invoke(store, arguments);
      return method.getName().equals("claim") ? hidden((List<?>) result) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static List<ClaimedSaga> hidden(List<?> sagas) {
    return sagas.stream().map(ClaimedSaga.class::cast).map(OrphanHidingStore::hidden).toList();
  }

  private static ClaimedSaga hidden(ClaimedSaga saga) {
    return new ClaimedSaga(saga.saga(), false, saga.recoveries(), saga.commands());
  }
}
