package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.compensated;
import static io.sagaflow.machine.Facts.compensationFailed;
import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.stuck;
import static io.sagaflow.machine.Facts.stuckOn;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Facts.unknown;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Plans.withoutCompensation;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Lineage;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.TurnCause;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a saga answers to an operator, and what follows. */
class VerbsTest {

  @Test
  void givenAPivotInDoubt_whenItIsMarkedDone_thenTheSagaGoesOnBehindItWithTheResult() {
    Story story =
        Story.of(step("a"), pivot("b"), retriable("c")).then(completed("a"), stuckOn("b"));

    story.then(
        story.answer(
            NewCommand.of(CommandKind.MARK_DONE, "ann", "the bank says so")
                .withStep("b")
                .withPayload(Facts.RESULT)));

    assertThat(story.state().status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(story.step(1).status()).isEqualTo(StepStatus.COMPLETED);
    assertThat(story.step(1).result()).contains(Facts.RESULT);
    assertThat(story.step(1).open()).isFalse();
    assertThat(story.decide()).isEqualTo(call(2, Direction.ACTION));
  }

  @Test
  void givenAStepThatIsRetried_whenItIsMarkedDone_thenItIsNotCalledAgain() {
    Story story = Story.of(step("a"), step("b")).then(failed("a", second(60)));

    story.then(story.answer(CommandKind.MARK_DONE, "a"));

    assertThat(story.decide()).isEqualTo(call(1, Direction.ACTION));
  }

  @Test
  void givenAnUnknownOutcome_whenTheStepIsMarkedDone_thenTheSagaGoesOn() {
    Story story = Story.of(step("a"), step("b")).then(unknown("a"));

    story.then(story.answer(CommandKind.MARK_DONE, "a"));

    assertThat(story.decide()).isEqualTo(call(1, Direction.ACTION));
  }

  @Test
  void givenAPivotInDoubt_whenItIsMarkedNotDone_thenTheSagaTurnsBackAndLeavesItOut() {
    Story story = Story.of(step("a"), pivot("b")).then(completed("a"), stuckOn("b"));

    story.then(story.answer(CommandKind.MARK_NOT_DONE, "b"));

    assertThat(story.decide())
        .isEqualTo(
            new Decision.Append(
                new Fact.SagaTurnedBack(
                    TurnCause.REJECTED,
                    Optional.empty(),
                    "Step b was rejected: Marked not done by ann: because")));
    story.then(((Decision.Append) story.decide()).fact());
    assertThat(story.decide()).isEqualTo(call(0, Direction.COMPENSATION));
  }

  @Test
  void givenAStepAfterThePivot_whenItIsMarkedNotDone_thenThatIsRefused() {
    Story story = Story.of(pivot("a"), retriable("b")).then(completed("a"), stuckOn("b"));

    assertRefused(
        story.answer(CommandKind.MARK_NOT_DONE, "b"),
        "Step b comes after the pivot, where a saga only goes forward: retry the saga, or mark the"
            + " step done.");
  }

  @Test
  void givenADoneStep_whenItIsMarked_thenThatIsRefused() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"));

    assertRefused(story.answer(CommandKind.MARK_DONE, "a"), "Step a is COMPLETED already.");
    assertRefused(story.answer(CommandKind.MARK_NOT_DONE, "a"), "Step a is COMPLETED already.");
  }

  @Test
  void givenARejectedStep_whenItIsMarkedDone_thenThatIsRefused() {
    Story story = Story.of(step("a"), step("b")).then(rejected("a"));

    assertRefused(story.answer(CommandKind.MARK_DONE, "a"), "Step a is REJECTED already.");
  }

  @Test
  void givenAStepWhoseTurnItIsNot_whenItIsMarked_thenThatIsRefused() {
    Story story = Story.of(step("a"), step("b"));

    assertRefused(story.answer(CommandKind.MARK_DONE, "b"), "It isn't the turn of step b yet.");
  }

  @Test
  void givenNoSuchStep_whenItIsAskedFor_thenThatIsRefused() {
    Story story = Story.of(step("a"));
    String why = "Definition place-order v3 has no step z.";

    assertRefused(story.answer(CommandKind.MARK_DONE, "z"), why);
    assertRefused(story.answer(CommandKind.MARK_NOT_DONE, "z"), why);
    assertRefused(story.answer(CommandKind.SKIP_COMPENSATION, "z"), why);
  }

  @Test
  void givenASagaThatTurnedBack_whenAStepIsMarked_thenThatIsRefused() {
    Story story = Story.of(step("a")).then(turnedBack(), stuckOn("a"));

    assertRefused(
        story.answer(CommandKind.MARK_DONE, "a"),
        "The saga has turned back, so the outcome of step a isn't asked for any more: skip its"
            + " compensation, or force the saga forward.");
  }

  @Test
  void givenACompensationThatIsStuck_whenItIsSkipped_thenTheOneBeforeItIsNext() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack(), stuckOn("b"));

    story.then(story.answer(CommandKind.SKIP_COMPENSATION, "b"));

    assertThat(story.state().status()).isEqualTo(SagaStatus.COMPENSATING);
    assertThat(story.step(1).status()).isEqualTo(StepStatus.COMPENSATED);
    assertThat(story.decide()).isEqualTo(call(0, Direction.COMPENSATION));
  }

  @Test
  void givenACompensationThatIsRetried_whenItIsSkipped_thenTheSagaEnds() {
    Story story = Story.of(step("a")).then(turnedBack(), compensationFailed("a", second(60)));

    story.then(story.answer(CommandKind.SKIP_COMPENSATION, "a"));

    assertThat(story.decide()).isEqualTo(new Decision.Append(new Fact.SagaCompensated()));
  }

  @Test
  void givenACompensationWhoseTurnItIsNot_whenItIsSkipped_thenThatIsRefused() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack(), stuckOn("b"));

    assertRefused(
        story.answer(CommandKind.SKIP_COMPENSATION, "a"),
        "It isn't the turn of step a yet: what came after it is first.");
  }

  @Test
  void givenNothingToCompensate_whenThatIsSkipped_thenThatIsRefused() {
    Story forward = Story.of(step("a")).then(stuckOn("a"));
    Story done = Story.of(step("a"), step("b")).then(completed("a"), turnedBack());
    done.then(compensated("b"));

    assertRefused(
        forward.answer(CommandKind.SKIP_COMPENSATION, "a"),
        "The saga hasn't turned back: there is no compensation to skip.");
    assertRefused(
        done.answer(CommandKind.SKIP_COMPENSATION, "b"),
        "Step b is COMPENSATED: it has nothing to compensate.");
  }

  @Test
  void givenAStuckCompensation_whenTheSagaIsForcedForward_thenItsActionIsCalledAgain() {
    Story story = Story.due(second(5), step("a"), step("b"), step("c"));
    story.then(completed("a"), completed("b"), rejected("c"), turnedBack(), stuckOn("b"));

    story.at(second(60)).then(story.answer(CommandKind.FORCE_FORWARD));

    assertThat(story.state().status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(story.state().reason()).isEmpty();
    assertThat(statuses(story))
        .containsExactly(StepStatus.COMPLETED, StepStatus.STARTED, StepStatus.PENDING);
    assertThat(story.step(1).open()).isTrue();
    assertThat(story.step(2).open()).isFalse();
    assertThat(story.decide()).isEqualTo(call(1, Direction.ACTION)); // although it is overdue
  }

  /** Else what comes after it would run beside the step that is called again. */
  @Test
  void givenADoneStepBehindAStuckCompensation_whenForcedForward_thenItIsCalledAgainToo() {
    Story story = Story.of(step("a"), withoutCompensation("b"), step("c"));
    story.then(completed("a"), completed("b"), rejected("c"), turnedBack(), stuckOn("a"));

    story.then(story.answer(CommandKind.FORCE_FORWARD));

    assertThat(statuses(story))
        .containsExactly(StepStatus.STARTED, StepStatus.STARTED, StepStatus.PENDING);
    assertThat(story.decide()).isEqualTo(call(0, Direction.ACTION));
  }

  /** Its condition held when it was asked, and isn't asked for again; that of a skipped one is. */
  @Test
  void givenConditions_whenForcedForward_thenOnlyThatOfASkippedStepIsAskedAgain() {
    Story story = Story.of(Plans.conditional("a"), Plans.conditional("b"), step("c"));
    story.then(Facts.started("a"), completed("a"), new Fact.StepSkipped("b"), rejected("c"));
    story.then(turnedBack(), stuckOn("a"));

    story.then(story.answer(CommandKind.FORCE_FORWARD));

    assertThat(story.decide()).isEqualTo(call(0, Direction.ACTION));
    assertThat(story.then(completed("a")).decide()).isEqualTo(call(1, Direction.CONDITION));
  }

  @Test
  void givenACompensatedStep_whenTheSagaIsForcedForward_thenThatIsRefused() {
    Story story = Story.of(step("a"), step("b")).then(completed("a"), turnedBack());
    story.then(compensated("b"), stuckOn("a"));

    assertRefused(
        story.answer(CommandKind.FORCE_FORWARD), "Step b is compensated: its effect is gone.");
  }

  @Test
  void givenAnAtMostOnceStepInDoubt_whenTheSagaIsForcedForward_thenThatIsRefused() {
    Story story = Story.of(Plans.atMostOnce("a")).then(Facts.started("a"), unknown("a"));
    story.then(turnedBack(), stuckOn("a"));

    assertRefused(
        story.answer(CommandKind.FORCE_FORWARD),
        "Step a is at-most-once, so it can't be called again.");
  }

  /** No key of its participant's would tell the second time from the first. */
  @Test
  void givenATransactionalStepThatTookEffect_whenTheSagaIsForcedForward_thenThatIsRefused() {
    Story story = Story.of(Plans.transactional(step("a")), step("b"));
    story.then(completed("a"), rejected("b"), turnedBack(), stuckOn("a"));

    assertRefused(
        story.answer(CommandKind.FORCE_FORWARD),
        "Step a is transactional and has taken effect, so to call it again would do it twice.");
  }

  @Test
  void givenATransactionalStepThatWasRejected_whenTheSagaIsForcedForward_thenItIsCalledAgain() {
    Story story = Story.of(step("a"), Plans.transactional(step("b")));
    story.then(completed("a"), rejected("b"), turnedBack(), stuckOn("a"));

    story.then(story.answer(CommandKind.FORCE_FORWARD));

    assertThat(story.decide()).isEqualTo(call(0, Direction.ACTION));
  }

  /** It may have been told to turn back, and to take that late. */
  @Test
  void givenAChildThatMayBeOnItsWayBack_whenTheSagaIsForcedForward_thenThatIsRefused() {
    Story story = Story.of(Plans.graph(Plans.child("a"), step("b"), Plans.after(step("c"), 0, 1)));
    story.then(completed("a"), completed("b"), rejected("c"), turnedBack(), stuckOn("b"));

    assertRefused(
        story.answer(CommandKind.FORCE_FORWARD),
        "The child saga of step a may be on its way back already, and goes all of it.");
  }

  @Test
  void givenAChildSaga_whenItIsForcedForward_thenItKnowsItsParentStill() {
    Lineage lineage = new Lineage(new SagaId(new UUID(0, 1)), new SagaId(new UUID(0, 2)));
    Story story = Story.child(lineage, step("a")).then(rejected("a"), turnedBack(), stuck());

    story.then(story.answer(CommandKind.FORCE_FORWARD));

    assertThat(story.state().lineage()).contains(lineage);
  }

  @Test
  void givenASagaThatIsNotStuckBackward_whenForcedForward_thenThatIsRefused() {
    assertRefused(
        Story.of(step("a")).then(stuckOn("a")).answer(CommandKind.FORCE_FORWARD),
        "The saga goes forward already: retry it, or mark the step done on which it is stuck.");
    assertRefused(
        Story.of(step("a")).then(turnedBack()).answer(CommandKind.FORCE_FORWARD),
        "Only a stuck saga is forced forward; this one is COMPENSATING");
  }

  @Test
  void givenASagaStuckBeforeItsPivot_whenItIsAborted_thenItCompensates() {
    Story story = Story.of(step("a"), step("b"), pivot("c")).then(completed("a"), stuckOn("b"));

    story.then(story.answer(CommandKind.ABORT));

    assertThat(story.state().status()).isEqualTo(SagaStatus.COMPENSATING);
    assertThat(story.state().reason()).contains("Aborted by ann: because");
    assertThat(story.decide()).isEqualTo(call(1, Direction.COMPENSATION));
  }

  @Test
  void givenARunningSaga_whenItIsAborted_thenItTurnsBack() {
    assertThat(Story.of(step("a")).answer(CommandKind.ABORT))
        .isEqualTo(
            new Fact.SagaTurnedBack(
                TurnCause.ABORTED, Optional.of("ann"), "Aborted by ann: because"));
  }

  @Test
  void givenAPivotThatMayHaveTakenEffect_whenTheSagaIsAborted_thenThatIsRefused() {
    Story story = Story.of(step("a"), pivot("b")).then(completed("a"), stuckOn("b"));

    assertRefused(
        story.answer(CommandKind.ABORT),
        "The pivot may have taken effect: find out, and mark step b done or not done.");
  }

  @Test
  void givenAPassedPivot_whenTheSagaIsAborted_thenThatIsRefused() {
    Story story = Story.of(pivot("a"), retriable("b")).then(completed("a"), stuckOn("b"));

    assertRefused(
        story.answer(CommandKind.ABORT),
        "The point of no return is passed: the saga only goes forward.");
  }

  @Test
  void givenASagaThatTurnedBack_whenItIsAborted_thenThatIsRefused() {
    Story story = Story.of(step("a")).then(turnedBack(), stuck());

    assertRefused(story.answer(CommandKind.ABORT), "The saga has turned back already.");
  }

  /** The other branch's call may take days. */
  @Test
  void givenACallOfAnotherStep_whenACommandIsAboutAStep_thenItNeedsNoWaiting() {
    SagaMachine machine =
        new SagaMachine(Plans.graph(step("a"), step("b"), Plans.after(step("c"), 0, 1)));
    NewCommand about = NewCommand.of(CommandKind.MARK_DONE, "ann", "because").withStep("b");
    NewCommand whole = NewCommand.of(CommandKind.CANCEL, "ann", "because");

    assertThat(machine.mayAnswer(about, Set.of(0))).isTrue();
    assertThat(machine.mayAnswer(about, Set.of(1))).isFalse();
    assertThat(machine.mayAnswer(whole, Set.of(0))).isFalse();
    assertThat(machine.mayAnswer(whole, Set.of())).isTrue();
  }

  private static List<StepStatus> statuses(Story story) {
    return story.state().steps().stream().map(StepState::status).toList();
  }

  private static Decision call(int step, Direction direction) {
    return new Decision.Run(List.of(new Call(step, direction, 1)));
  }

  private static void assertRefused(Fact answer, String why) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Fact.CommandRefused.class, refused -> assertThat(refused.reason()).isEqualTo(why));
  }
}
