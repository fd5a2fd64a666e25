package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.ActionContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.VoidAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A deadline of ten seconds, over the steps book, fly, pay (the pivot) and thank. */
class DeadlineTest {

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Shop shop = new Shop();
  private final VirtualTime time = shop.time;
  private final Instant startedAt = time.now();
  private final List<String> calls = new ArrayList<>();
  private final Map<String, VoidAction<String>> behaviours = new HashMap<>();

  private final SagaDefinition<String> travel =
      SagaDefinition.named("travel", String.class)
          .deadline(DEADLINE)
          .step("book")
          .action(ctx -> call("book", ctx))
          .compensation(ctx -> calls.add("~book"))
          .step("fly")
          .action(ctx -> call("fly", ctx))
          .compensation(ctx -> calls.add("~fly"))
          .retry(RetryPolicy.fixed(Duration.ofSeconds(30)))
          .timeout(Duration.ofMinutes(5))
          .step("pay")
          .action(ctx -> call("pay", ctx))
          .pivot()
          .retry(RetryPolicy.fixed(Duration.ofSeconds(30)))
          .step("thank")
          .action(ctx -> call("thank", ctx))
          .build();

  private void call(String step, ActionContext<String> context) throws Exception {
    calls.add(step);
    behaviours.getOrDefault(step, ctx -> {}).run(context);
  }

  private VirtualNode node(String name) {
    return time.start(builder(name));
  }

  private SagaCoordinatorBuilder builder(String name) {
    return shop.builder(name).register(travel);
  }

  private SagaHandle start(VirtualNode node) {
    return node.coordinator().start(travel, "key", "input");
  }

  private static void assertTurnedByDeadline(SagaOutcome outcome) {
    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason()).contains("The saga's deadline passed.");
  }

  @Test
  void givenRunningAction_whenTheDeadlinePasses_thenInterruptedThenAndCompensated() {
    behaviours.put("fly", ctx -> time.hang());

    SagaOutcome outcome = start(node("node-1")).await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(time.now()).isEqualTo(startedAt.plus(DEADLINE));
    assertThat(calls).containsExactly("book", "fly", "~fly", "~book");
  }

  @Test
  void givenActionThatEndsAfterTheDeadline_whenItSucceeds_thenNoFurtherActionRuns() {
    behaviours.put("book", ctx -> sleepThroughAnInterrupt(Duration.ofSeconds(15)));

    SagaOutcome outcome = start(node("node-1")).await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(calls).doesNotContain("fly", "pay", "thank").contains("~book");
  }

  @Test
  void givenActionThatEndsAtTheDeadline_whenItSucceeds_thenItIsCompensated() {
    behaviours.put("book", ctx -> time.sleep(DEADLINE));

    SagaOutcome outcome = start(node("node-1")).await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(calls).doesNotContain("fly", "pay", "thank").contains("~book");
  }

  @Test
  void givenLastActionThatEndsAtTheDeadline_whenItSucceeds_thenTheSagaIsCompleted() {
    SagaDefinition<String> single =
        SagaDefinition.named("single", String.class)
            .deadline(DEADLINE)
            .step("only")
            .action(ctx -> time.sleep(DEADLINE))
            .compensation(ctx -> calls.add("~only"))
            .build();
    VirtualNode node = time.start(shop.builder("node-1").register(single));

    SagaOutcome outcome = node.coordinator().start(single, "key", "input").await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).isEmpty();
  }

  @Test
  void givenBackoff_whenTheDeadlinePasses_thenTurnedThenAndNotAtTheRetry() {
    behaviours.put("fly", ctx -> fail());

    SagaOutcome outcome = start(node("node-1")).await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(time.now()).isEqualTo(startedAt.plus(DEADLINE));
    assertThat(calls).containsExactly("book", "fly", "~fly", "~book");
  }

  @Test
  void givenParkedSaga_whenTheDeadlinePasses_thenItComesBackThenAndTurns() {
    behaviours.put("fly", ctx -> fail());
    VirtualNode node = time.start(builder("node-1").parkAfter(Duration.ofSeconds(5)));

    SagaOutcome outcome = start(node).await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(time.now())
        .isBetween(startedAt.plus(DEADLINE), startedAt.plus(DEADLINE).plusSeconds(1));
  }

  @Test
  void givenRunningPivot_whenTheDeadlinePasses_thenItIsNotInterruptedAndTheSagaCompletes() {
    behaviours.put("pay", ctx -> time.sleep(Duration.ofSeconds(20)));

    SagaOutcome outcome = start(node("node-1")).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("book", "fly", "pay", "thank");
  }

  @Test
  void givenPivotInBackoff_whenTheDeadlinePasses_thenItIsRetriedAndTheSagaCompletes() {
    int[] attempts = {0};
    behaviours.put(
        "pay",
        ctx -> {
          if (attempts[0]++ == 0) {
            throw new IllegalStateException("reset");
          }
        });

    SagaOutcome outcome = start(node("node-1")).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("book", "fly", "pay", "pay", "thank");
  }

  @Test
  void givenTakeOver_whenTheSagaIsResumed_thenItsDeadlineIsTheOldOne() {
    behaviours.put("fly", ctx -> time.hang());
    VirtualNode first = node("node-1");
    SagaHandle saga = start(first);
    time.advance(Duration.ofSeconds(6));
    first.kill();
    VirtualNode second = node("node-1");

    SagaOutcome outcome = second.coordinator().find(saga.id()).orElseThrow().await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(time.now()).isEqualTo(startedAt.plus(DEADLINE));
    assertThat(calls).containsExactly("book", "fly", "fly", "~fly", "~book");
  }

  @Test
  void givenDeadlineThatPassedWhileNobodyRan_whenResumed_thenNoFurtherActionRuns() {
    behaviours.put("fly", ctx -> time.hang());
    VirtualNode first = node("node-1");
    SagaHandle saga = start(first);
    time.settle();
    first.kill();
    time.advance(Duration.ofMinutes(1));

    VirtualNode second = node("node-1");
    SagaOutcome outcome = second.coordinator().find(saga.id()).orElseThrow().await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(calls).containsExactly("book", "fly", "~fly", "~book");
  }

  @Test
  void givenClockThatIsBehindTheTimers_whenTheDeadlineComes_thenTheActionIsInterruptedAllTheSame() {
    behaviours.put("fly", ctx -> time.hang());
    VirtualNode node =
        shop.start(builder("node-1"), real -> Environments.withClock(real, this::behind));

    SagaOutcome outcome = start(node).await(SOON);

    assertTurnedByDeadline(outcome);
    assertThat(time.now())
        .isBetween(startedAt.plus(DEADLINE), startedAt.plus(DEADLINE).plusSeconds(1));
  }

  /** A wall clock that loses a millisecond in a second, as one does while it is being slewed. */
  private Instant behind() {
    return time.now().minus(Duration.between(startedAt, time.now()).dividedBy(1_000));
  }

  private static void fail() {
    throw new IllegalStateException("not yet");
  }

  private void sleepThroughAnInterrupt(Duration duration) throws InterruptedException {
    Instant until = time.now().plus(duration);
    try {
      time.sleep(duration);
    } catch (InterruptedException e) {
      time.sleep(Duration.between(time.now(), until));
    }
  }
}
