package io.sagaflow.testkit.database;

import io.sagaflow.store.SagaStore;
import io.sagaflow.testkit.SagaStoreContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** The contract of stores. Its threads take turns, since the simulated world knows only one. */
class SimulatedStoreTest extends SagaStoreContract {

  private final SteppedPace pace = new SteppedPace();

  @Override
  protected SagaStore createStore() {
    SimulatedDatabase database = new SimulatedDatabase(pace, CommitWatcher.NONE);
    SagaStore store = database.connect(Wire.SOUND, pace.process());
    return (SagaStore)
        Proxy.newProxyInstance(
            SagaStore.class.getClassLoader(),
            new Class<?>[] {SagaStore.class},
            (self, method, args) -> inTurn(store, method, args));
  }

  private synchronized Object inTurn(SagaStore store, Method method, Object[] args)
      throws Throwable {
    try {
      Object result = method.invoke(store, args);
      pace.settle();
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
