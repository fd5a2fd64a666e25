package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.SagaStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A store that is away for longer than the lease. */
class StoreOutageTest {

  private final Shop shop = new Shop();
  private boolean away;

  @Test
  void givenTwoLivingNodes_whenTheStoreIsBack_thenNeitherTakesTheOthersSagas() {
    shop.on("create", ctx -> shop.time.sleep(Duration.ofSeconds(50)));
    SagaHandle first = startOn("node-1"); // it renews its lease at 2.5 s, 5 s, ...
    shop.time.advance(Duration.ofSeconds(1));
    SagaHandle second = startOn("node-2"); // at 3.5 s, 6 s, ...
    shop.time.advance(Duration.ofMillis(5_500));

    away = true;
    shop.time.advance(Duration.ofSeconds(29));
    away = false; // at 35.5 s, so that the second looks before the first could renew

    List<SagaHandle> sagas = List.of(first, second);
    assertThat(sagas).allMatch(saga -> saga.await(Shop.SOON).isCompleted());
    assertThat(sagas).noneMatch(saga -> Shop.kinds(saga).contains("SAGA_RESUMED"));
    assertThat(shop.calls).filteredOn("create"::equals).hasSize(2);
  }

  private SagaHandle startOn(String name) {
    VirtualNode node = shop.time.start(shop.builder(name).store(outOfReach()));
    return node.coordinator().start(shop.placeOrder, "of-" + name, Shop.ORDER);
  }

  /** The shop's store, which doesn't answer while it is away. */
  private SagaStore outOfReach() {
    return (SagaStore)
        Proxy.newProxyInstance(
            SagaStore.class.getClassLoader(),
            new Class<?>[] {SagaStore.class},
            (self, method, args) -> {
              if (away) {
                throw new SagaStoreException("The store is away.", null);
              }
              try {
                return method.invoke(shop.store, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
