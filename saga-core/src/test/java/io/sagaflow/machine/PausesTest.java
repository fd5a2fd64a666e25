package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.received;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Facts.stuck;
import static io.sagaflow.machine.Facts.stuckOn;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Plans.after;
import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.signal;
import static io.sagaflow.machine.Plans.sleep;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.START;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.StepStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Steps that wait for a signal or for time. */
class PausesTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Decision REST = new Decision.Rest();

  @Test
  void givenNoSignal_whenItIsTheTurnOfItsStep_thenTheSagaRestsUntilACommand() {
    Story story = Story.of(step("a"), signal("b")).then(completed("a"));

    assertThat(story.decide()).isEqualTo(REST);
  }

  @Test
  void givenASignal_whenItIsTheTurnOfItsStep_thenTheStepCompletesWithItsValue() {
    Story story = Story.of(step("a"), signal("b"), step("c")).then(completed("a"), received("b"));

    assertThat(story.decide()).isEqualTo(ends("b"));
    story.then(((Decision.Append) story.decide()).fact());

    assertThat(story.step(1).result()).contains(Facts.RESULT);
    assertThat(story.decide()).isEqualTo(runs(2));
  }

  @Test
  void givenASignalBeforeItsTurn_whenTheTurnComes_thenTheStepCompletesAtOnce() {
    Story story = Story.of(step("a"), signal("b")).then(received("b"));

    assertThat(story.decide()).isEqualTo(runs(0));
    assertThat(story.then(completed("a")).decide()).isEqualTo(ends("b"));
  }

  @Test
  void givenATimeout_whenTheTurnComes_thenItIsCountedFromThere() {
    Story story = Story.of(step("a"), signal("b", MINUTE)).at(second(100)).then(completed("a"));

    assertThat(story.decide()).isEqualTo(waits(second(160)));
    assertThat(story.at(second(160).minusNanos(1)).decide()).isEqualTo(waits(second(160)));
    assertThat(story.at(second(160)).decide())
        .isEqualTo(
            new Decision.Append(new Fact.StepRejected("b", 0, "No signal came within PT1M.")));
  }

  @Test
  void givenATimeoutOfTheFirstStep_whenTheSagaStarts_thenItIsCountedFromThere() {
    assertThat(Story.of(signal("a", MINUTE)).decide()).isEqualTo(waits(second(60)));
  }

  /** The node that takes over counts from the same record. */
  @Test
  void givenATakeOver_whenTheSagaWaits_thenItsClockIsNotSetBack() {
    Story story = Story.of(signal("a", MINUTE)).at(second(50)).then(resumed());

    assertThat(story.decide()).isEqualTo(waits(second(60)));
    assertThat(story.step(0).open()).isFalse();
  }

  @Test
  void givenASignalThatCameInTime_whenItIsLookedAtLate_thenItCounts() {
    Story story = Story.of(signal("a", MINUTE)).at(second(59)).then(received("a"));

    assertThat(story.at(second(3_600)).decide()).isEqualTo(ends("a"));
  }

  @Test
  void givenATimeout_whenItPasses_thenTheSagaTurnsBackAndTheWaitIsLeftOut() {
    Story story = Story.of(step("a"), signal("b", MINUTE)).then(completed("a"));
    story.at(second(60)).then(((Decision.Append) story.decide()).fact());

    story.then(((Decision.Append) story.decide()).fact());

    assertThat(story.state().reason()).contains("Step b was rejected: No signal came within PT1M.");
    assertThat(story.decide())
        .isEqualTo(new Decision.Run(List.of(new Call(0, Direction.COMPENSATION, 1))));
  }

  @Test
  void givenADeadline_whenTheSagaWaitsForASignal_thenItIsWokenByIt() {
    Story story = Story.due(second(30), signal("a", MINUTE));

    assertThat(story.decide()).isEqualTo(waits(second(30)));
  }

  @Test
  void givenACancel_whenTheSagaWaits_thenNothingHasToBeCompensated() {
    Story story = Story.of(signal("a")).then(turnedBack());

    assertThat(story.step(0).status()).isEqualTo(StepStatus.PENDING);
    assertThat(story.decide()).isEqualTo(new Decision.Append(new Fact.SagaCompensated()));
  }

  @Test
  void givenASleep_whenItsTurnComes_thenItIsOverAfterItsDuration() {
    Story story =
        Story.of(pivot("a"), retriable(sleep("b", MINUTE)), retriable("c"))
            .at(second(100))
            .then(completed("a"));

    assertThat(story.decide()).isEqualTo(waits(second(160)));
    assertThat(story.at(second(160)).decide()).isEqualTo(ends("b"));
  }

  /** The branches of a block have clocks of their own, and a running call holds neither up. */
  @Test
  void givenACallInAnotherBranch_whenASleepIsOver_thenItEndsBesideIt() {
    Plan plan = Plans.graph(step("a"), sleep("b", MINUTE), after(step("c"), 0, 1));
    SagaMachine machine = new SagaMachine(plan);
    SagaState state = Story.of(plan).state();

    assertThat(machine.decide(state, Set.of(0), START)).isEqualTo(waits(second(60)));
    assertThat(machine.decide(state, Set.of(0), second(60))).isEqualTo(ends("b"));
  }

  @Test
  void givenACallInAnotherBranch_whenASignalIsWaitedFor_thenTheSagaStays() {
    Plan plan = Plans.graph(step("a"), signal("b"), after(step("c"), 0, 1));

    assertThat(new SagaMachine(plan).decide(Story.of(plan).state(), Set.of(0), START))
        .isEqualTo(new Decision.Wait(Optional.empty()));
  }

  @Test
  void givenASignal_whenItIsSent_thenItIsJournaled() {
    Story story = Story.of(signal("a"));

    assertThat(story.answer(sent("a", "psp-17")))
        .isEqualTo(new Fact.SignalReceived("a", "psp-17", "node-1", Facts.RESULT));
  }

  @Test
  void givenASignalThatHasCome_whenItIsRepeated_thenNothingIsSaid() {
    Story story = Story.of(signal("a"), step("b")).then(received("a"));
    assertThat(story.silent(sent("a", "psp-17"))).isTrue();

    story.then(((Decision.Append) story.decide()).fact());
    assertThat(story.silent(sent("a", "psp-17"))).isTrue();
  }

  @Test
  void givenASignalThatHasCome_whenAnotherOneIsSent_thenItIsRefused() {
    Story story = Story.of(signal("a"), step("b")).then(received("a"));

    assertThat(story.answer(sent("a", "psp-18")))
        .isEqualTo(refused("Signal a has come already, with id psp-17: psp-18"));
  }

  @Test
  void givenNoSuchSignal_whenItIsSent_thenItIsRefused() {
    Story story = Story.of(step("a"), signal("b"));

    assertThat(story.answer(sent("a", "1")))
        .isEqualTo(refused("Definition place-order v3 waits for no signal a."));
    assertThat(story.answer(sent("z", "1")))
        .isEqualTo(refused("Definition place-order v3 waits for no signal z."));
    assertThatThrownBy(() -> story.then(received("a")))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("no such signal is waited for");
  }

  @Test
  void givenAStuckSaga_whenASignalIsSent_thenItIsKept() {
    Story story = Story.of(step("a"), signal("b")).then(stuckOn("a"));

    story.then(story.answer(sent("b", "psp-17")), Facts.retried(), completed("a"));

    assertThat(story.decide()).isEqualTo(ends("b"));
  }

  @Test
  void givenASagaThatTurnedBack_whenASignalIsSent_thenItIsKeptForTheCaseThatItGoesForward() {
    Story story = Story.of(step("a"), signal("b")).then(completed("a"), turnedBack());

    story.then(story.answer(sent("b", "psp-17")), stuck(), Facts.forcedForward());
    story.then(completed("a"));

    assertThat(story.decide()).isEqualTo(ends("b"));
  }

  @Test
  void givenASignalThatTimedOut_whenTheSagaIsForcedForward_thenItIsWaitedForAnew() {
    Story story = Story.of(step("a"), signal("b", MINUTE)).then(completed("a"), rejected("b"));
    story.then(turnedBack(), stuckOn("a"));

    story.at(second(1_000)).then(Facts.forcedForward()).at(second(1_001)).then(completed("a"));

    assertThat(story.decide()).isEqualTo(waits(second(1_061)));
  }

  @Test
  void givenASagaThatWaits_whenItsStepIsMarkedDone_thenItGoesOnWithThatValue() {
    Story story = Story.of(signal("a"), step("b"));
    Payload value = Payload.ofText("{}");

    story.then(
        story.answer(
            NewCommand.of(CommandKind.MARK_DONE, "ann", "by mail")
                .withStep("a")
                .withPayload(value)));

    assertThat(story.step(0).result()).contains(value);
    assertThat(story.decide()).isEqualTo(runs(1));
    assertThat(story.answer(sent("a", "1"))).isEqualTo(refused("Step a is COMPLETED already."));
  }

  private static NewCommand sent(String step, String id) {
    return NewCommand.of(CommandKind.SIGNAL, "node-1", "signal")
        .withStep(step)
        .withPayload(Facts.RESULT)
        .withCommandId(id);
  }

  private static Fact refused(String why) {
    return new Fact.CommandRefused(CommandKind.SIGNAL, "node-1", why);
  }

  private static Decision ends(String step) {
    return new Decision.Append(new Fact.StepCompleted(step, 0, Optional.empty()));
  }

  private static Decision waits(Instant until) {
    return new Decision.Wait(Optional.of(until));
  }

  private static Decision runs(int step) {
    return new Decision.Run(List.of(new Call(step, Direction.ACTION, 1)));
  }
}
