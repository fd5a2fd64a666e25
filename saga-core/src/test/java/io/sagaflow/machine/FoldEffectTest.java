package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.RESULT;
import static io.sagaflow.machine.Facts.compensated;
import static io.sagaflow.machine.Facts.compensationFailed;
import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.refused;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.sagaStarted;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Facts.unknown;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.START;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.JournalRecord;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a saga remembers of its records. */
class FoldEffectTest {

  @Test
  void givenAFirstRecord_whenAJournalBegins_thenTheSagaRunsAndEveryStepIsPending() {
    JournalRecord first = new JournalRecord(1, START, sagaStarted(Optional.of(second(9))));

    SagaState state = new Fold(Plans.plan(step("a"), step("b"))).begin(first);

    assertThat(state.status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(state.seq()).isEqualTo(1);
    assertThat(state.steps()).containsExactly(StepState.PENDING, StepState.PENDING);
    assertThat(state.deadline()).contains(second(9));
    assertThat(state.reason()).isEmpty();
  }

  @Test
  void givenAResult_whenAStepCompletes_thenItIsKept() {
    Story story = Story.of(step("a"), step("b"));

    story.then(completed("a"));

    assertThat(story.step(0).result()).contains(RESULT);
    assertThat(story.step(1).result()).isEmpty();
  }

  @Test
  void givenFailedAttempts_whenTheStepCompletes_thenTheyAreForgotten() {
    Story story = Story.of(step("a")).then(failed("a", second(1)));

    story.then(completed("a"));

    assertThat(story.step(0)).isEqualTo(StepState.PENDING.completed(Optional.of(RESULT)));
  }

  @Test
  void givenAttempts_whenTheyFail_thenTheyAreCountedFromTheFirstFailure() {
    Story story = Story.of(step("a"));

    story.at(second(1)).then(failed("a", second(2))).at(second(3)).then(failed("a", second(4)));

    assertThat(story.step(0).status()).isEqualTo(StepStatus.PENDING);
    assertThat(story.step(0).attempts()).isEqualTo(2);
    assertThat(story.step(0).firstFailureAt()).contains(second(1));
    assertThat(story.step(0).retryAt()).contains(second(4));
    assertThat(story.step(0).error()).contains("no answer");
  }

  @Test
  void givenACompletedStep_whenItsCompensationFails_thenItsAttemptsAreCounted() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), rejected("b"), turnedBack());

    story.at(second(1)).then(compensationFailed("a", second(2)));

    assertThat(story.step(0).status()).isEqualTo(StepStatus.COMPLETED);
    assertThat(story.step(0).attempts()).isEqualTo(1);
    assertThat(story.step(0).firstFailureAt()).contains(second(1));
    assertThat(story.step(0).retryAt()).contains(second(2));
    assertThat(story.step(0).open()).isFalse();
  }

  @Test
  void givenARefusal_whenAStepIsRejected_thenItsErrorIsKept() {
    Story story = Story.of(step("a"));

    story.then(rejected("a"));

    assertThat(story.step(0).error()).contains("sold out");
    assertThat(story.step(0).open()).isFalse();
  }

  @Test
  void givenAnUnknownOutcome_whenItIsJournaled_thenItsErrorIsKeptAndItsAttemptIsOpen() {
    Story story = Story.of(step("a"));

    story.then(unknown("a"));

    assertThat(story.step(0).error()).contains("timed out");
    assertThat(story.step(0).open()).isTrue();
  }

  @Test
  void givenARunningSaga_whenItTurnsBack_thenOnlyTheStepThatMayHaveStartedIsUnknown() {
    Story story = Story.of(step("a"), step("b"), step("c")).then(completed("a"));

    story.then(turnedBack());

    assertThat(story.state().steps())
        .extracting(StepState::status)
        .containsExactly(StepStatus.COMPLETED, StepStatus.UNKNOWN, StepStatus.PENDING);
    assertThat(story.state().reason()).contains("Cancelled by ann.");
  }

  @Test
  void givenARejectedStep_whenTheSagaTurnsBack_thenItStaysRejected() {
    Story story = Story.of(step("a")).then(rejected("a"));

    story.then(turnedBack());

    assertThat(story.step(0).status()).isEqualTo(StepStatus.REJECTED);
  }

  @Test
  void givenFailedAttempts_whenTheSagaTurnsBack_thenTheyAreForgottenButNotTheResults() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), failed("b", second(1)));

    story.then(turnedBack());

    assertThat(story.step(0).result()).contains(RESULT);
    assertThat(story.step(1).attempts()).isZero();
    assertThat(story.step(1).firstFailureAt()).isEmpty();
    assertThat(story.step(1).retryAt()).isEmpty();
    assertThat(story.step(1).error()).isEmpty();
  }

  @Test
  void givenACompensatedStep_whenTheSagaGoesOn_thenItsResultCanStillBeRead() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), rejected("b"), turnedBack());

    story.then(compensated("a"));

    assertThat(story.step(0).status()).isEqualTo(StepStatus.COMPENSATED);
    assertThat(story.step(0).result()).contains(RESULT);
  }

  @Test
  void givenARefusedCommand_whenItIsJournaled_thenOnlyTheSeqMoves() {
    Story story = Story.of(step("a")).then(failed("a", second(1)));
    SagaState before = story.state();

    story.then(refused());

    assertThat(story.state()).isEqualTo(before.withSeq(3));
  }
}
