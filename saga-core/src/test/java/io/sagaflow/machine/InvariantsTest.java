package io.sagaflow.machine;

import static io.sagaflow.machine.Plans.atMostOnce;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.plan;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Plans.withoutCompensation;
import static io.sagaflow.machine.Story.START;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.TurnCause;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A machine that broke an invariant would be found out. */
class InvariantsTest {

  private static final Call FIRST = new Call(0, Direction.ACTION, 1);
  private static final Call UNDO_FIRST = new Call(0, Direction.COMPENSATION, 1);
  private static final Call UNDO_SECOND = new Call(1, Direction.COMPENSATION, 1);

  @Test
  void givenASagaThatGoesOn_whenItShouldHaveEnded_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));

    assertFound("1: every saga ends", () -> Invariants.checkEnded(saga));
    assertFound("1: a saga that has ended rests", () -> Invariants.checkEndsOnce(saga));
  }

  @Test
  void givenAStuckSaga_whenItIsSaidToHaveEnded_thenWhatMayFollowIsFound() {
    SimulatedSaga saga = saga(step("a"));
    play(saga, Event.POISON);

    assertFound("1: no record follows", () -> Invariants.checkEndsOnce(saga));
  }

  @Test
  void givenASagaThatWaits_whenItWaitsForThePast_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));

    assertFound("1: a saga waits", () -> Invariants.checkWait(saga, START));
  }

  @Test
  void givenACompletedSaga_whenAStepIsNotInEffect_thenThatIsFound() {
    World world = new World(1);

    assertFound("2: every step", () -> Invariants.checkCompleted(world, Set.of()));
  }

  @Test
  void givenACompletedSaga_whenAStepWasCompensated_thenThatIsFound() {
    World world = new World(1);
    world.call(UNDO_FIRST, Event.SUCCEED);
    world.call(FIRST, Event.SUCCEED);

    assertFound("2: no step", () -> Invariants.checkCompleted(world, Set.of()));
  }

  @Test
  void givenACompensatedSaga_whenAnEffectIsLeft_thenThatIsFound() {
    World world = new World(1);
    world.call(FIRST, Event.FAIL_AFTER_EFFECT);

    assertFound("3: no effect", () -> Invariants.checkCompensated(plan(step("a")), world));
    assertFound("3: no effect", () -> Invariants.checkCompensated(plan(pivot("a")), world));
  }

  @Test
  void givenACompensatedSaga_whenNothingWasToBeUndone_thenThatIsFine() {
    World world = new World(1);
    world.call(FIRST, Event.SUCCEED);

    assertThatCode(() -> Invariants.checkCompensated(plan(withoutCompensation("a")), world))
        .doesNotThrowAnyException();
  }

  @Test
  void givenASagaThatTurnedBack_whenAnActionStarts_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));
    play(saga, Event.CANCEL);

    assertFound("4: no action starts", () -> Invariants.checkCall(saga, FIRST));
  }

  @Test
  void givenARunningSaga_whenACompensationStarts_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));

    assertFound("4: no compensation", () -> Invariants.checkCall(saga, UNDO_FIRST));
  }

  @Test
  void givenACompensatedStep_whenItsCompensationStartsAgain_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.SUCCEED, Event.CANCEL, Event.SUCCEED);

    assertFound("4: a compensation", () -> Invariants.checkCall(saga, UNDO_SECOND));
  }

  @Test
  void givenACompensation_whenOneOfALaterStepIsStillToCome_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.SUCCEED, Event.FAIL_AFTER_EFFECT, Event.CANCEL);

    assertFound("5: compensations start", () -> Invariants.checkCall(saga, UNDO_FIRST));
  }

  @Test
  void givenACompensationUnderWay_whenThatOfAnEarlierStepStarts_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.SUCCEED, Event.CANCEL);
    saga.running().put(1, UNDO_SECOND);

    assertFound("5: compensations start", () -> Invariants.checkCall(saga, UNDO_FIRST));
  }

  @Test
  void givenAnActionUnderWay_whenACompensationStarts_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));
    play(saga, Event.SUCCEED);
    saga.running().put(0, FIRST);
    saga.journal().add(new JournalRecord(3, START, Facts.turnedBack()));

    assertFound("4: no compensation overlaps", () -> Invariants.checkCall(saga, UNDO_FIRST));
  }

  @Test
  void givenARejectedStep_whenAnActionStarts_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.REJECT);

    assertFound("4: no action starts once", () -> Invariants.checkCall(saga, FIRST));
  }

  @Test
  void givenACondition_whenTheActionStartsBeforeItsAnswer_thenThatIsFound() {
    SimulatedSaga saga = saga(Plans.conditional("a"));

    assertFound("An action starts when its", () -> Invariants.checkCall(saga, FIRST));
  }

  @Test
  void givenACondition_whenItIsAskedAfterItsAnswer_thenThatIsFound() {
    SimulatedSaga saga = saga(Plans.conditional("a"));
    play(saga, Event.SUCCEED);
    Call again = new Call(0, Direction.CONDITION, 1);

    assertFound("A condition isn't asked", () -> Invariants.checkCall(saga, again));
  }

  @Test
  void givenASkippedStep_whenItIsCompensatedOrInEffect_thenThatIsFound() {
    SimulatedSaga saga = saga(Plans.conditional("a"), step("b"));
    play(saga, Event.SKIP, Event.CANCEL, Event.SUCCEED);
    World world = new World(1);
    world.call(FIRST, Event.SUCCEED);

    assertFound("3: what was skipped", () -> Invariants.checkCall(saga, UNDO_FIRST));
    assertFound("2: every step", () -> Invariants.checkCompleted(world, Set.of(0)));
    assertFound(
        "Promise 5",
        () -> Invariants.checkTruth(StepState.PENDING.with(StepStatus.SKIPPED), world.trace(0)));
  }

  @Test
  void givenAKnownOutcome_whenItIsAskedFor_thenThatIsFound() {
    SimulatedSaga saga = saga(Plans.probed("a"));
    Call probe = new Call(0, Direction.PROBE, 1);

    assertFound("Only an unknown", () -> Invariants.checkCall(saga, probe));
  }

  @Test
  void givenAStepWithoutCompensation_whenItIsCompensated_thenThatIsFound() {
    SimulatedSaga saga = saga(withoutCompensation("a"), step("b"));
    play(saga, Event.SUCCEED, Event.CANCEL);

    assertFound("5: only what has", () -> Invariants.checkCall(saga, UNDO_FIRST));
  }

  @Test
  void givenAStepThatWasNeverReached_whenItIsCompensated_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.CANCEL);

    assertFound("3: a step that was never", () -> Invariants.checkCall(saga, UNDO_SECOND));
  }

  @Test
  void givenARejectedStep_whenItIsCompensated_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.SUCCEED, Event.REJECT, Event.APPEND);

    assertFound("3: what was surely", () -> Invariants.checkCall(saga, UNDO_SECOND));
  }

  @Test
  void givenAJournalWithAGap_whenItIsChecked_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.SUCCEED, Event.SUCCEED);

    saga.journal().remove(1);

    assertFound("6: each journal", () -> Invariants.checkRecord(saga));
  }

  @Test
  void givenAJournalThatTellsSomethingElse_whenItIsReplayed_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));
    play(saga, Event.SUCCEED);

    saga.journal().set(1, new JournalRecord(2, START, Facts.rejected("a")));

    assertFound("6: replaying", () -> Invariants.checkReplay(saga));
  }

  @Test
  void givenAnActionWhoseTurnItIsNot_whenItStarts_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"), step("b"));

    assertFound("Promise 3", () -> Invariants.checkCall(saga, new Call(1, Direction.ACTION, 1)));
  }

  @Test
  void givenAnAtMostOnceAction_whenItStartsAgain_thenThatIsFound() {
    SimulatedSaga saga = saga(atMostOnce("a"));
    play(saga, Event.APPEND, Event.CRASH_AFTER_EFFECT);

    assertFound("At most once", () -> Invariants.checkCall(saga, FIRST));
  }

  @Test
  void givenADeadline_whenAnActionStartsAfterIt_thenThatIsFound() {
    SimulatedSaga saga =
        new SimulatedSaga(plan(step("a")), Optional.of(Duration.ofSeconds(1)), new Coverage());
    play(saga, Event.DEADLINE);

    assertFound("Promise 6", () -> Invariants.checkCall(saga, FIRST));
  }

  @Test
  void givenAStepInEffect_whenTheJournalTellsOtherwise_thenThatIsFound() {
    World world = new World(1);
    world.call(FIRST, Event.SUCCEED);
    List<StepStatus> wrong =
        List.of(
            StepStatus.PENDING, StepStatus.STARTED, StepStatus.REJECTED, StepStatus.COMPENSATED);

    for (StepStatus status : wrong) {
      StepState state = StepState.PENDING.with(status);
      assertFound("Promise 5", () -> Invariants.checkTruth(state, world.trace(0)));
    }
  }

  @Test
  void givenAStepThatIsNotInEffect_whenTheJournalTellsOtherwise_thenThatIsFound() {
    World world = new World(1);
    StepState state = StepState.PENDING.with(StepStatus.COMPLETED);

    assertFound("Promise 5", () -> Invariants.checkTruth(state, world.trace(0)));
  }

  @Test
  void givenAJournalAtItsLimit_whenItGrowsThroughRetries_thenThatIsFound() {
    JournalRecord last = new JournalRecord(11, START, Facts.failed("a", second(1)));

    assertFound("Limits", () -> Invariants.checkRecordLimit(last, 10));
  }

  @Test
  void givenAttempts_whenTheyAreMiscounted_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));

    assertFound("Attempts", () -> Invariants.checkCall(saga, new Call(0, Direction.ACTION, 2)));
  }

  @Test
  void givenAPolicy_whenThereAreMoreAttempts_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));
    play(saga, Event.FAIL, Event.WAIT, Event.FAIL);
    saga.journal().add(new JournalRecord(4, START, Facts.failed("a", second(1))));

    assertFound(
        "No more attempts", () -> Invariants.checkCall(saga, new Call(0, Direction.ACTION, 4)));
  }

  @Test
  void givenAPause_whenAnAttemptStartsEarlier_thenThatIsFound() {
    SimulatedSaga saga = saga(step("a"));
    play(saga, Event.FAIL);

    assertFound(
        "No attempt starts", () -> Invariants.checkCall(saga, new Call(0, Direction.ACTION, 2)));
  }

  @Test
  void givenABoundOnTime_whenAnAttemptIsDueLater_thenThatIsFound() {
    RetryPolicy policy = Plans.THRICE.maxElapsed(Duration.ofSeconds(1));
    SimulatedSaga saga = saga(Plans.retried(step("a"), policy));
    play(saga, Event.FAIL, Event.WAIT);
    saga.journal().add(new JournalRecord(3, second(1), Facts.failed("a", second(1).plusNanos(1))));
    saga.pass(Duration.ofSeconds(1));

    assertFound(
        "No attempt is due", () -> Invariants.checkCall(saga, new Call(0, Direction.ACTION, 3)));
  }

  @Test
  void givenADeadline_whenItTurnsASagaEarlier_thenThatIsFound() {
    JournalRecord turned =
        new JournalRecord(
            2,
            START,
            new Fact.SagaTurnedBack(TurnCause.DEADLINE, Optional.empty(), "The deadline passed."));

    assertFound("Promise 6", () -> Invariants.checkDeadline(turned, Optional.of(second(1))));
    assertFound("Promise 6", () -> Invariants.checkDeadline(turned, Optional.empty()));
  }

  private static SimulatedSaga saga(PlannedStep... steps) {
    return new SimulatedSaga(plan(steps), Optional.empty(), new Coverage());
  }

  private static void play(SimulatedSaga saga, Event... events) {
    for (Event event : events) {
      saga.play(event, 0);
    }
  }

  private static void assertFound(String invariant, ThrowingCallable check) {
    assertThatThrownBy(check)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("Invariant broken. " + invariant);
  }
}
