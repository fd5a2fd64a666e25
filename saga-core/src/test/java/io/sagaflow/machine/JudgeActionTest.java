package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.RESULT;
import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.store.Fact;
import io.sagaflow.store.StuckCause;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the outcome of an action means. */
class JudgeActionTest {

  private static final Outcome REJECTED = Outcome.failed(Outcome.Kind.REJECTED, "sold out");
  private static final Outcome FAILED = Outcome.failed(Outcome.Kind.FAILED, "no answer");
  private static final Outcome ABORTED = Outcome.failed(Outcome.Kind.ABORTED, "bad gateway");

  @Test
  void givenAnAction_whenItSucceeds_thenItsStepHasCompletedWithItsResult() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"));

    Fact fact = story.judge(action(1, 2), Outcome.succeeded(Optional.of(RESULT)));

    assertThat(fact).isEqualTo(new Fact.StepCompleted("b", 2, Optional.of(RESULT)));
  }

  @Test
  void givenAnAction_whenItFails_thenTheNextAttemptIsScheduled() {
    Story story = Story.of(step("a")).at(second(5));

    Fact fact = story.judge(action(0, 1), FAILED);

    assertThat(fact).isEqualTo(new Fact.ActionFailed("a", 1, "no answer", second(6)));
  }

  @Test
  void givenItsLastAttempt_whenACompensatableActionFails_thenItsOutcomeIsUnknown() {
    Story story = Story.of(step("a"));

    Fact fact = story.judge(action(0, 3), FAILED);

    assertThat(fact).isEqualTo(new Fact.StepUnknown("a", 3, "no answer"));
  }

  @Test
  void givenAnAtMostOnceAction_whenItFails_thenItsOutcomeIsUnknown() {
    Story story = Story.of(atMostOnce("a")).then(Facts.started("a"));

    Fact fact = story.judge(action(0, 1), FAILED);

    assertThat(fact).isEqualTo(new Fact.StepUnknown("a", 1, "no answer"));
  }

  @Test
  void givenItsLastAttempt_whenThePivotFails_thenTheSagaIsStuck() {
    Story story = Story.of(pivot("a"));

    Fact fact = story.judge(action(0, 3), FAILED);

    assertThat(fact)
        .isEqualTo(
            stuck(
                StuckCause.FORWARD_FAILED,
                "Action of step a failed after 3 attempts, and the saga can't turn back: no"
                    + " answer"));
  }

  @Test
  void givenItsLastAttempt_whenARetriableActionFails_thenTheSagaIsStuck() {
    Story story = Story.of(retriable("a"));

    Fact fact = story.judge(action(0, 3), FAILED);

    assertThat(fact)
        .isEqualTo(
            stuck(
                StuckCause.FORWARD_FAILED,
                "Action of step a failed after 3 attempts, and the saga can't turn back: no"
                    + " answer"));
  }

  @Test
  void givenAttemptsLeft_whenACompensatableActionAborts_thenItsOutcomeIsUnknown() {
    Story story = Story.of(step("a"));

    Fact fact = story.judge(action(0, 1), ABORTED);

    assertThat(fact).isEqualTo(new Fact.StepUnknown("a", 1, "bad gateway"));
  }

  @Test
  void givenAttemptsLeft_whenThePivotAborts_thenTheSagaIsStuck() {
    Story story = Story.of(pivot("a"));

    Fact fact = story.judge(action(0, 1), ABORTED);

    assertThat(fact)
        .isEqualTo(
            stuck(
                StuckCause.FORWARD_FAILED,
                "Action of step a failed after 1 attempts, and the saga can't turn back: bad"
                    + " gateway"));
  }

  @Test
  void givenNoOpenAttempt_whenACompensatableActionIsRejected_thenItsStepIsRejected() {
    Story story = Story.of(step("a"));

    Fact fact = story.judge(action(0, 1), REJECTED);

    assertThat(fact).isEqualTo(new Fact.StepRejected("a", 1, "sold out"));
  }

  @Test
  void givenNoOpenAttempt_whenThePivotIsRejected_thenItsStepIsRejected() {
    Story story = Story.of(pivot("a"));

    Fact fact = story.judge(action(0, 1), REJECTED);

    assertThat(fact).isEqualTo(new Fact.StepRejected("a", 1, "sold out"));
  }

  @Test
  void givenAFailedAttempt_whenTheNextIsRejected_thenTheOutcomeIsUnknown() {
    Story story = Story.of(step("a")).then(failed("a", second(1)));

    Fact fact = story.judge(action(0, 2), REJECTED);

    assertThat(fact)
        .isEqualTo(
            new Fact.StepUnknown(
                "a", 2, "Rejected, but an earlier attempt may have taken effect: sold out"));
  }

  @Test
  void givenANodeThatDied_whenTheActionIsRejectedAfterwards_thenItsOutcomeIsUnknown() {
    Story story = Story.of(step("a")).then(resumed());

    Fact fact = story.judge(action(0, 1), REJECTED);

    assertThat(fact)
        .isEqualTo(
            new Fact.StepUnknown(
                "a", 1, "Rejected, but an earlier attempt may have taken effect: sold out"));
  }

  @Test
  void givenAnOpenAttempt_whenThePivotIsRejected_thenItIsTriedUntilItIsKnown() {
    Story story = Story.of(pivot("a")).then(failed("a", second(1))).at(second(1));

    Fact fact = story.judge(action(0, 2), REJECTED);

    assertThat(fact)
        .isEqualTo(
            new Fact.ActionFailed(
                "a",
                2,
                "Rejected, but an earlier attempt may have taken effect: sold out",
                second(2)));
  }

  @Test
  void givenAnOpenAttempt_whenThePivotsLastAttemptIsRejected_thenTheSagaIsStuck() {
    Story story = Story.of(pivot("a")).then(resumed());

    Fact fact = story.judge(action(0, 3), REJECTED);

    assertThat(fact)
        .isEqualTo(
            stuck(
                StuckCause.FORWARD_FAILED,
                "Action of step a failed after 3 attempts, and the saga can't turn back:"
                    + " Rejected, but an earlier attempt may have taken effect: sold out"));
  }

  @Test
  void givenAPassedPivot_whenARetriableActionIsRejected_thenTheSagaIsStuck() {
    Story story = Story.of(retriable("a"));

    Fact fact = story.judge(action(0, 1), REJECTED);

    assertThat(fact)
        .isEqualTo(
            stuck(
                StuckCause.REJECTED_AFTER_PIVOT,
                "Step a was rejected, but comes after the pivot, where a saga only goes forward:"
                    + " sold out"));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SKIPPED", "WAITING"})
  void givenAnyOutcome_whenItIsJudged_thenTheFactFitsTheStateItWasJudgedIn(Outcome.Kind kind) {
    Story story = Story.of(step("a"), step("b")).then(completed("a"));
    Outcome outcome = new Outcome(kind, Optional.empty(), "");

    story.then(story.judge(action(1, 1), outcome));

    assertThat(story.state().seq()).isEqualTo(3);
  }

  private static Call action(int step, int attempt) {
    return new Call(step, Direction.ACTION, attempt);
  }

  private static Fact stuck(StuckCause cause, String reason) {
    return new Fact.SagaStuck(cause, Optional.of("a"), reason);
  }
}
