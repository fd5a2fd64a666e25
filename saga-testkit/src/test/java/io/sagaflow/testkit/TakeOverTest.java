package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TakeOverTest {

  private final Shop shop = new Shop();

  /** Whoever frees the sagas of the dead needn't wait until it looks for work again. */
  @Test
  void givenSagasOfADeadNode_whenTheyAreFreed_thenTheyRunBeforeTheNextPoll() {
    VirtualNode dying = shop.time.start(shop.builder("node-1"));
    shop.on("reserve", ctx -> dying.kill());
    VirtualNode other = shop.time.start(shop.builder("node-2").pollInterval(Duration.ofHours(1)));
    SagaHandle saga = shop.start(dying);

    SagaOutcome outcome = other.coordinator().find(saga.id()).orElseThrow().await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
  }
}
