package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Facts.started;
import static io.sagaflow.machine.Facts.unknown;
import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.TurnCause;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a running saga does next. */
class DeciderForwardTest {

  @Test
  void givenANewSaga_whenDeciding_thenTheFirstActionRuns() {
    Story story = Story.of(step("a"), step("b"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(action(0, 1));
  }

  @Test
  void givenACompletedStep_whenDeciding_thenTheNextActionRuns() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(action(1, 1));
  }

  @Test
  void givenEveryStepCompleted_whenDeciding_thenTheSagaCompletes() {
    Story story = Story.of(step("a"), pivot("b")).then(completed("a"), completed("b"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Append(new Fact.SagaCompleted()));
  }

  @Test
  void givenAFailedAttempt_whenTheNextIsNotDue_thenItIsWaitedFor() {
    Story story = Story.of(step("a")).then(failed("a", second(2))).at(second(2).minusNanos(1));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Wait(Optional.of(second(2))));
  }

  @Test
  void givenAFailedAttempt_whenTheNextIsDue_thenItRuns() {
    Story story = Story.of(step("a")).then(failed("a", second(2))).at(second(2));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(action(0, 2));
  }

  @Test
  void givenADeadlineBeforeTheNextAttempt_whenDeciding_thenTheDeadlineIsWaitedFor() {
    Story story = Story.due(second(1), step("a")).then(failed("a", second(2)));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Wait(Optional.of(second(1))));
  }

  @Test
  void givenADeadlineAfterTheNextAttempt_whenDeciding_thenTheAttemptIsWaitedFor() {
    Story story = Story.due(second(3), step("a")).then(failed("a", second(2)));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Wait(Optional.of(second(2))));
  }

  @Test
  void givenADeadlineBeforeThePivotsNextAttempt_whenDeciding_thenTheAttemptIsWaitedFor() {
    Story story = Story.due(second(1), pivot("a")).then(failed("a", second(2)));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Wait(Optional.of(second(2))));
  }

  @Test
  void givenADeadline_whenItHasNotPassed_thenTheActionRuns() {
    Story story = Story.due(second(1), step("a")).at(second(1).minusNanos(1));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(action(0, 1));
  }

  @Test
  void givenADeadline_whenItPasses_thenTheSagaTurnsBack() {
    Story story = Story.due(second(1), step("a")).at(second(1));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(turnBack(TurnCause.DEADLINE, "The saga's deadline passed."));
  }

  @Test
  void givenAnAnnouncedAction_whenTheDeadlinePasses_thenTheSagaTurnsBack() {
    Story story = Story.due(second(1), atMostOnce("a")).then(started("a"), resumed());

    Decision decision = story.at(second(1)).decide();

    assertThat(decision).isEqualTo(turnBack(TurnCause.DEADLINE, "The saga's deadline passed."));
  }

  @Test
  void givenAPivotThatMayHaveBegun_whenTheDeadlinePasses_thenItRunsAllTheSame() {
    Story story = Story.due(second(1), step("a"), pivot("b")).then(completed("a"));

    Decision decision = story.at(second(1)).decide();

    assertThat(decision).isEqualTo(action(1, 1));
  }

  @Test
  void givenAPassedPivot_whenTheDeadlinePasses_thenTheSagaGoesForward() {
    Story story = Story.due(second(1), pivot("a"), retriable("b")).then(completed("a"));

    Decision decision = story.at(second(1)).decide();

    assertThat(decision).isEqualTo(action(1, 1));
  }

  @Test
  void givenEveryStepCompleted_whenTheDeadlinePasses_thenTheSagaCompletes() {
    Story story = Story.due(second(1), step("a")).then(completed("a"));

    Decision decision = story.at(second(1)).decide();

    assertThat(decision).isEqualTo(new Decision.Append(new Fact.SagaCompleted()));
  }

  @Test
  void givenAnAtMostOnceStep_whenItsTurnComes_thenItIsAnnouncedFirst() {
    Story story = Story.of(atMostOnce("a"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Append(new Fact.StepStarted("a")));
  }

  @Test
  void givenAnAnnouncedAction_whenDeciding_thenItRuns() {
    Story story = Story.of(atMostOnce("a")).then(started("a"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(action(0, 1));
  }

  @Test
  void givenAnAnnouncedAction_whenItsNodeDied_thenItsOutcomeIsUnknown() {
    Story story = Story.of(step("a"), atMostOnce("b")).then(completed("a"), started("b"));

    Decision decision = story.then(resumed()).decide();

    assertThat(decision)
        .isEqualTo(
            new Decision.Append(
                new Fact.StepUnknown(
                    "b", 1, "This at-most-once action may have run, and its outcome is lost.")));
  }

  @Test
  void givenAnAtMostOnceStepThatWasNotAnnounced_whenItsNodeDied_thenItIsAnnounced() {
    Story story = Story.of(atMostOnce("a")).then(resumed());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(new Decision.Append(new Fact.StepStarted("a")));
  }

  @Test
  void givenARepeatableAction_whenItsNodeDied_thenItRunsAgain() {
    Story story = Story.of(step("a")).then(resumed());

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(action(0, 1));
  }

  @Test
  void givenARejectedStep_whenDeciding_thenTheSagaTurnsBack() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), rejected("b"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(turnBack(TurnCause.REJECTED, "Step b was rejected: sold out"));
  }

  @Test
  void givenARejectedPivot_whenDeciding_thenTheSagaTurnsBack() {
    Story story = Story.of(pivot("a")).then(rejected("a"));

    Decision decision = story.decide();

    assertThat(decision).isEqualTo(turnBack(TurnCause.REJECTED, "Step a was rejected: sold out"));
  }

  @Test
  void givenAnUnknownOutcome_whenDeciding_thenTheSagaTurnsBack() {
    Story story = Story.of(step("a"), step("b")).then(unknown("a"));

    Decision decision = story.decide();

    assertThat(decision)
        .isEqualTo(turnBack(TurnCause.UNKNOWN, "Step a has an unknown outcome: timed out"));
  }

  @Test
  void givenACompensatedStep_whenTheSagaIsSaidToRun_thenThatIsABug() {
    SagaState impossible =
        new SagaState(
            SagaStatus.RUNNING,
            7,
            List.of(StepState.PENDING.with(StepStatus.COMPENSATED)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Decider decider = new Decider(Plans.plan(step("a")));

    assertThatThrownBy(() -> decider.decide(impossible, Set.of(), Story.START))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("A step whose turn it is can't be COMPENSATED");
  }

  private static Decision action(int step, int attempt) {
    return new Decision.Run(List.of(new Call(step, Direction.ACTION, attempt)));
  }

  private static Decision turnBack(TurnCause cause, String reason) {
    return new Decision.Append(new Fact.SagaTurnedBack(cause, Optional.empty(), reason));
  }
}
