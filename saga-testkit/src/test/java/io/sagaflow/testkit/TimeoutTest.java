package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeoutTest {

  private final Shop shop = new Shop();

  @Test
  void givenHangingAction_whenItsTimeoutPasses_thenInterruptedAndCompensated() {
    shop.on("charge", ctx -> shop.time.hang());

    SagaOutcome outcome = shop.run();

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason())
        .hasValueSatisfying(why -> assertThat(why).contains("charge").contains("2000 ms"));
    assertThat(shop.calls)
        .containsExactly("create", "reserve", "charge", "~charge", "~reserve", "~create");
  }

  @Test
  void givenActionThatEndsBeforeItsTimeout_whenItTakesLong_thenItIsNotInterrupted() {
    shop.on("charge", ctx -> shop.time.sleep(Duration.ofMillis(1_999)));

    assertThat(shop.run().status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenActionThatSucceedsInSpiteOfItsInterrupt_whenItEnds_thenItsSuccessCounts() {
    shop.on("charge", ctx -> sleepStubbornly(Duration.ofSeconds(5)));

    assertThat(shop.run().status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenActionThatIgnoresItsInterrupt_whenTheGraceIsOver_thenStuckAndNothingOverlapsIt() {
    shop.on("charge", ctx -> sleepStubbornly(Duration.ofMinutes(3)));
    VirtualNode node = shop.node("node-1");
    SagaHandle saga = shop.start(node);

    SagaOutcome stuck = saga.await(SOON);

    assertThat(stuck.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(stuck.reason())
        .hasValueSatisfying(why -> assertThat(why).contains("ignores its interrupt"));
    assertThat(shop.calls).containsExactly("create", "reserve", "charge");
  }

  @Test
  void givenLeakedAction_whenItEndsAfterAll_thenTheSagaGoesOnByItself() {
    shop.on(
        "charge",
        ctx -> {
          if (ctx.attempt() == 1 && shop.calls.size() == 3) {
            sleepStubbornly(Duration.ofMinutes(1));
          }
        });
    VirtualNode node = shop.node("node-1");
    SagaHandle saga = shop.start(node);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);

    shop.time.advance(Duration.ofMinutes(2));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(saga)).contains("SAGA_STUCK charge", "SAGA_RETRIED");
  }

  @Test
  void givenHangingCompensation_whenItsTimeoutPasses_thenItIsTriedAgain() {
    shop.on(
        "charge",
        ctx -> {
          throw new IllegalStateException("connection reset");
        });
    shop.on(
        "~charge",
        ctx -> {
          if (ctx.attempt() == 1) {
            shop.time.hang();
          }
        });

    SagaOutcome outcome = shop.run();

    assertThat(outcome.status())
        .as(outcome.reason().toString() + shop.calls)
        .isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).filteredOn("~charge"::equals).hasSize(2);
  }

  private void sleepStubbornly(Duration duration) {
    Instant until = shop.time.now().plus(duration);
    while (shop.time.now().isBefore(until)) {
      try {
        shop.time.sleep(Duration.between(shop.time.now(), until));
      } catch (InterruptedException e) {
        // ignored: that is what this is about
      }
    }
  }
}
