package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.VoidStepBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
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
  void givenActionWhoseInterruptLooksLikeARejection_whenItsTimeoutPasses_thenUnknown() {
    SagaOutcome outcome = runHanging(step -> step.rejectedBy(Exception.class));

    assertThat(outcome.reason().orElseThrow()).contains("unknown outcome", "Timed out");
    assertThat(shop.calls).containsExactly("~hang");
  }

  @Test
  void givenActionThatRetriesOnlySomeFailures_whenItsTimeoutPasses_thenTheReasonSaysSo() {
    SagaOutcome outcome = runHanging(step -> step.retryOn(IOException.class));

    assertThat(outcome.reason().orElseThrow()).contains("unknown outcome", "Timed out");
    assertThat(shop.calls).containsExactly("~hang");
  }

  private SagaOutcome runHanging(UnaryOperator<VoidStepBuilder<String>> options) {
    VoidStepBuilder<String> step =
        SagaDefinition.named("hanging", String.class)
            .step("hang")
            .action(
                ctx -> {
                  try {
                    shop.time.hang();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException("as clients wrap it", e);
                  }
                })
            .compensation(ctx -> shop.calls.add("~hang"))
            .retry(RetryPolicy.none())
            .timeout(Duration.ofSeconds(2));
    SagaDefinition<String> hanging = options.apply(step).build();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(hanging));
    return node.coordinator().start(hanging, "key", "input").await(SOON);
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

  /** That its process is dead doesn't tell whether its effect is still to come. */
  @Test
  void givenLeakedAction_whenItsProcessIsKilled_thenAnotherNodeLeavesTheSagaStuck() {
    SagaHandle saga = leakAndDie(shop.node("node-2"));

    shop.time.advance(Duration.ofHours(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(shop.calls).containsExactly("create", "reserve", "charge");
  }

  @Test
  void givenLeakedActionOfADeadProcess_whenAnOperatorRetries_thenAnotherNodeCompletesTheSaga() {
    VirtualNode other = shop.node("node-2");
    SagaHandle saga = leakAndDie(other);
    shop.on("charge", ctx -> {});

    other.coordinator().retry(saga.id(), "ann", "the process is dead, and its call with it");
    shop.time.advance(Duration.ofSeconds(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls)
        .containsExactly("create", "reserve", "charge", "charge", "confirm", "receipt");
  }

  /** Returns the saga as the surviving node sees it. */
  private SagaHandle leakAndDie(VirtualNode other) {
    shop.on("charge", ctx -> sleepStubbornly(Duration.ofHours(2)));
    VirtualNode node = shop.node("node-1");
    assertThat(shop.start(node).await(SOON).status()).isEqualTo(SagaStatus.STUCK);
    node.kill();
    return shop.find(other);
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
