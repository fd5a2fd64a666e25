package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.retried;
import static io.sagaflow.machine.Facts.stuckOn;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.START;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import io.sagaflow.store.Fact;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a failed attempt is followed by another one. */
class JudgeRetryTest {

  private static final RetryPolicy EACH_SECOND = RetryPolicy.fixed(Duration.ofSeconds(1));
  private static final Outcome FAILED = Outcome.failed(Outcome.Kind.FAILED, "no answer");

  @Test
  void givenAGrowingPause_whenAnAttemptFails_thenThePauseIsThatOfTheAttempt() {
    Story story =
        Story.of(
            Plans.retried(
                step("a"),
                RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(60)).jitter(0)));

    Fact fact = story.judge(action(4), FAILED);

    assertThat(retryAt(fact)).isEqualTo(second(8));
  }

  @Test
  void givenJitter_whenAnAttemptFails_thenTheRollShortensThePause() {
    PlannedStep step = Plans.retried(step("a"), EACH_SECOND.jitter(0.5));
    SagaMachine machine = new SagaMachine(Plans.plan(step));
    SagaState state = Story.of(step).state();

    Fact fact = machine.judge(state, action(1), FAILED, START, 0.5);

    assertThat(retryAt(fact)).isEqualTo(START.plusMillis(750));
  }

  @Test
  void givenDifferentPolicies_whenACallFails_thenThatOfItsDirectionCounts() {
    PlannedStep step =
        new PlannedStep(
            "a",
            StepKind.COMPENSATABLE,
            Set.of(Trait.COMPENSATED),
            List.of(),
            EACH_SECOND,
            RetryPolicy.fixed(Duration.ofSeconds(30)));
    Story forward = Story.of(step);
    Story backward = Story.of(step).then(Facts.turnedBack());

    Fact failedAction = forward.judge(action(1), FAILED);
    Fact failedCompensation = backward.judge(new Call(0, Direction.COMPENSATION, 1), FAILED);

    assertThat(retryAt(failedAction)).isEqualTo(second(1));
    assertThat(((Fact.CompensationFailed) failedCompensation).retryAt()).isEqualTo(second(30));
  }

  @Test
  void givenABoundOnTime_whenTheNextAttemptIsDueAtTheBound_thenItIsMade() {
    Story story = Story.of(withinTenSeconds()).at(START).then(failed("a", second(1)));

    Fact fact = story.at(second(9)).judge(action(2), FAILED);

    assertThat(retryAt(fact)).isEqualTo(second(10));
  }

  @Test
  void givenABoundOnTime_whenTheNextAttemptWouldComeLater_thenThereIsNone() {
    Story story = Story.of(withinTenSeconds()).at(START).then(failed("a", second(1)));

    Fact fact = story.at(second(9).plusNanos(1)).judge(action(2), FAILED);

    assertThat(fact.kind()).isEqualTo(RecordKind.STEP_UNKNOWN);
  }

  @Test
  void givenABoundOnTime_whenTheFirstAttemptFailsLate_thenTheTimeRunsFromThere() {
    Story story = Story.of(withinTenSeconds()).at(second(100));

    Fact fact = story.judge(action(1), FAILED);

    assertThat(retryAt(fact)).isEqualTo(second(101));
  }

  @Test
  void givenABoundOnTime_whenAnOperatorSentTheSagaOn_thenTheTimeRunsAnew() {
    Story story = Story.of(withinTenSeconds()).at(START);
    story.then(failed("a", second(1)), stuckOn("a"), retried());

    Fact fact = story.at(second(100)).judge(action(1), FAILED);

    assertThat(retryAt(fact)).isEqualTo(second(101));
  }

  @Test
  void givenAJournalBelowItsLimit_whenAnAttemptFails_thenThereIsAnother() {
    Story story = Story.of(Plans.limited(2, step("a")));

    Fact fact = story.judge(action(1), FAILED);

    assertThat(fact.kind()).isEqualTo(RecordKind.ACTION_FAILED);
  }

  @Test
  void givenAJournalAtItsLimit_whenAnAttemptFails_thenThereIsNone() {
    Story story = Story.of(Plans.limited(2, step("a"))).then(failed("a", second(1)));

    Fact fact = story.judge(action(2), FAILED);

    assertThat(fact.kind()).isEqualTo(RecordKind.STEP_UNKNOWN);
  }

  private static PlannedStep withinTenSeconds() {
    return Plans.retried(step("a"), EACH_SECOND.maxElapsed(Duration.ofSeconds(10)));
  }

  private static Call action(int attempt) {
    return new Call(0, Direction.ACTION, attempt);
  }

  private static Instant retryAt(Fact fact) {
    return ((Fact.ActionFailed) fact).retryAt();
  }
}
