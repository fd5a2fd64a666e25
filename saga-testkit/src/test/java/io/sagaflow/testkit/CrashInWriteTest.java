package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStoreException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The process dies at a write: at every write, just before it is durable and just after. */
class CrashInWriteTest {

  private final Shop shop = new Shop();

  record CrashPoint(Scenario scenario, int write, boolean written) {}

  static List<CrashPoint> crashPoints() {
    List<CrashPoint> points = new ArrayList<>();
    for (Scenario scenario : Scenario.values()) {
      for (int write = 1; write <= writes(scenario); write++) {
        points.add(new CrashPoint(scenario, write, false));
        points.add(new CrashPoint(scenario, write, true));
      }
    }
    return points;
  }

  private static int writes(Scenario scenario) {
    Shop shop = new Shop();
    scenario.arrange(shop);
    CrashingStore counting = new CrashingStore(shop.store, 0, false);
    shop.start(shop.time.start(shop.builder("node-1", counting))).await(SOON);
    return counting.writes();
  }

  @ParameterizedTest
  @MethodSource("crashPoints")
  void givenCrashAtAWrite_whenAnotherNodeTakesOver_thenTheSagaEndsRightly(CrashPoint point) {
    point.scenario().arrange(shop);
    CrashingStore store = new CrashingStore(shop.store, point.write(), point.written());
    VirtualNode node1 = shop.time.start(shop.builder("node-1", store));
    VirtualNode node2 = shop.node("node-2");
    store.kills(node1);

    startIgnoringTheCrash(node1);
    shop.time.settle();
    SagaHandle saga = shop.start(node2); // as a caller does that got no answer
    saga.await(SOON);

    assertThat(store.hasCrashed()).isTrue();
    assertSound(shop, saga, point.scenario().end);
  }

  @ParameterizedTest
  @MethodSource("crashPoints")
  void givenCrashAtAWrite_whenANodeOfTheSameNameStarts_thenTheSagaGoesOnAtOnce(CrashPoint point) {
    point.scenario().arrange(shop);
    CrashingStore store = new CrashingStore(shop.store, point.write(), point.written());
    VirtualNode node1 = shop.time.start(shop.builder("node-1", store));
    store.kills(node1);

    startIgnoringTheCrash(node1);
    shop.time.settle();
    SagaHandle saga = shop.start(shop.node("node-1"));
    shop.time.settle();

    assertThat(store.hasCrashed()).isTrue();
    assertSound(shop, saga, point.scenario().end);
  }

  private void startIgnoringTheCrash(VirtualNode node) {
    try {
      node.coordinator().start(shop.placeOrder, "order-42", ORDER);
    } catch (SagaStoreException e) {
      assertThat(e).hasMessageContaining("repeat it with the same business key");
    }
  }
}
