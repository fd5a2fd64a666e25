package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.compensated;
import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Facts.retried;
import static io.sagaflow.machine.Facts.started;
import static io.sagaflow.machine.Facts.stuck;
import static io.sagaflow.machine.Facts.stuckOn;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.StuckCause;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a saga that waits for an operator remembers, and how it goes on. */
class FoldStuckTest {

  @Test
  void givenASagaThatGoesForward_whenItIsStuckAndRetried_thenItGoesForwardAgain() {
    Story story = Story.of(step("a"), pivot("b")).then(completed("a"));

    story.then(stuckOn("b"), retried());

    assertThat(story.state().status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(story.state().stuck()).isEmpty();
    assertThat(story.step(0).status()).isEqualTo(StepStatus.COMPLETED);
    assertThat(story.step(1).status()).isEqualTo(StepStatus.PENDING);
  }

  @Test
  void givenASagaThatTurnedBack_whenItIsStuckAndRetried_thenItCompensatesAgain() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack());

    story.then(stuckOn("b"), retried());

    assertThat(story.state().status()).isEqualTo(SagaStatus.COMPENSATING);
    assertThat(story.state().stuck()).isEmpty();
    assertThat(story.step(0).status()).isEqualTo(StepStatus.COMPLETED);
    assertThat(story.step(1).status()).isEqualTo(StepStatus.COMPENSATION_FAILED);
  }

  @Test
  void givenAStuckSaga_whenItIsStuckAgain_thenItStillReturnsToWhereItGotStuckFirst() {
    Story story = Story.of(step("a")).then(turnedBack(), stuck());

    story.then(stuck(), retried());

    assertThat(story.state().status()).isEqualTo(SagaStatus.COMPENSATING);
  }

  @Test
  void givenAStuckSaga_whenItIsStuckAgain_thenItTellsTheLastReason() {
    Story story = Story.of(step("a")).then(stuckOn("a"));

    story.then(stuck());

    assertThat(story.state().reason()).contains("Taken over too often.");
  }

  @Test
  void givenFailedAttempts_whenTheSagaIsRetried_thenTheyAreForgotten() {
    Story story = Story.of(pivot("a"), step("b")).then(failed("a", second(1)), stuckOn("a"));

    story.then(retried());

    assertThat(story.step(0).attempts()).isZero();
    assertThat(story.step(0).firstFailureAt()).isEmpty();
    assertThat(story.step(0).retryAt()).isEmpty();
    assertThat(story.step(0).error()).isEmpty();
  }

  @Test
  void givenResults_whenTheSagaIsRetried_thenTheyAreKept() {
    Story story = Story.of(step("a"), pivot("b")).then(completed("a"), stuckOn("b"));

    story.then(retried());

    assertThat(story.step(0).result()).contains(Facts.RESULT);
  }

  @Test
  void givenAStuckSaga_whenItIsRetriedAndCompletes_thenItTellsNoReason() {
    Story story = Story.of(pivot("a")).then(stuckOn("a"));

    story.then(retried(), completed("a"), new Fact.SagaCompleted());

    assertThat(story.state().reason()).isEmpty();
  }

  @Test
  void givenACompensationThatWasStuck_whenItIsRetriedAndSucceeds_thenTheSagaTellsWhyItTurned() {
    Story story = Story.of(step("a")).then(turnedBack(), stuckOn("a"));

    story.then(retried(), compensated("a"), new Fact.SagaCompensated());

    assertThat(story.state().reason()).contains("Cancelled by ann.");
  }

  @Test
  void givenACallThatGoesOn_whenTheSagaIsStuckOnIt_thenItsAttemptIsOpen() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"));

    story.then(stuckOn("b"));

    assertThat(story.step(0).open()).isFalse();
    assertThat(story.step(1).open()).isTrue();
  }

  /**
   * The journal refused the record of an outcome, or the node that called the action died and the
   * next one couldn't read the journal: no record tells that the action was called.
   */
  @Test
  void givenAnActionThatMayHaveRun_whenTheJournalIsPoisoned_thenItsAttemptIsOpen() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"));

    story.then(poisoned(), retried());

    assertThat(story.step(0).open()).isFalse();
    assertThat(story.step(1).open()).isTrue();
  }

  @Test
  void givenAnAtMostOnceActionThatMayHaveRun_whenTheJournalIsPoisoned_thenItNeverRunsAgain() {
    Story story = Story.of(atMostOnce("a")).then(started("a"));

    story.then(poisoned(), retried());

    assertThat(story.decide())
        .isEqualTo(
            new Decision.Append(
                new Fact.StepUnknown(
                    "a", 1, "This at-most-once action may have run, and its outcome is lost.")));
  }

  @Test
  void givenAnAtMostOnceActionThatWasNotAnnounced_whenTheJournalIsPoisoned_thenItMayStillRun() {
    Story story = Story.of(atMostOnce("a"));

    story.then(poisoned(), retried());

    assertThat(story.step(0).open()).isFalse();
    assertThat(story.decide()).isEqualTo(new Decision.Append(new Fact.StepStarted("a")));
  }

  @Test
  void givenEveryStepCompleted_whenTheJournalIsPoisoned_thenTheSagaCanStillComplete() {
    Story story = Story.of(step("a")).then(completed("a"));

    story.then(poisoned(), resumed(), retried());

    assertThat(story.step(0).open()).isFalse();
    assertThat(story.decide()).isEqualTo(new Decision.Append(new Fact.SagaCompleted()));
  }

  @Test
  void givenASagaThatTurnedBack_whenTheJournalIsPoisoned_thenNoStepIsTouched() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack());
    SagaState before = story.state();

    story.then(poisoned());

    assertThat(story.state().steps()).isEqualTo(before.steps());
  }

  private static Fact poisoned() {
    return new Fact.SagaStuck(StuckCause.POISONED, Optional.empty(), "The journal is corrupt.");
  }
}
