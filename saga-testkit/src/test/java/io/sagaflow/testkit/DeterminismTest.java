package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same scenario gives the same journals, to the id and the microsecond. */
class DeterminismTest {

  /** Everything at once: retries with jitter, a crash, a pause, an outage, a cancel. */
  private static List<List<SagaEvent>> run(long seed) {
    Shop shop = new Shop(seed);
    SagaDefinition<Shop.Order> jittery = shop.define("jittery", RetryPolicy.brief());
    OutageStore store = new OutageStore(shop.store);
    VirtualNode node1 = shop.time.start(shop.builder("node-1", store).register(jittery));
    VirtualNode node2 = shop.time.start(shop.builder("node-2").register(jittery));
    VirtualNode node3 = shop.time.start(shop.builder("node-3").register(jittery));
    int[] calls = {0};
    shop.on(
        "charge",
        ctx -> {
          shop.time.sleep(Duration.ofMillis(300));
          if (calls[0]++ % 3 == 0) {
            throw new IllegalStateException("every third");
          }
        });
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      VirtualNode node = List.of(node1, node2, node3).get(i % 3);
      sagas.add(node.coordinator().start(jittery, "order-" + i, ORDER));
    }
    shop.time.advance(Duration.ofMillis(200));
    store.goDown();
    node2.kill();
    node3.pause();
    shop.time.advance(Duration.ofSeconds(7));
    store.comeBack();
    sagas.get(0).cancel("ann", "ordered twice");
    shop.time.advance(Duration.ofSeconds(30));
    node3.resume();
    shop.time.advance(Duration.ofMinutes(1));
    return sagas.stream().map(SagaHandle::history).toList();
  }

  @Test
  void givenOneScenario_whenRunTwice_thenTheJournalsAreTheSame() {
    assertThat(run(7)).isEqualTo(run(7));
  }

  @Test
  void givenAnotherSeed_whenRun_thenTheJournalsAreOthers() {
    assertThat(run(7)).isNotEqualTo(run(8));
  }
}
