package io.sagaflow.machine;

import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.Lineage;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A saga told by its facts, up to the one under test. Mutable. */
final class Story {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final SagaMachine machine;
  private SagaState state;
  private Instant now = START;

  private Story(Plan plan, Fact first) {
    this.machine = new SagaMachine(plan);
    this.state = new Fold(plan).begin(new JournalRecord(1, START, first));
  }

  static Story of(PlannedStep... steps) {
    return of(Plans.plan(steps));
  }

  static Story of(Plan plan) {
    return new Story(plan, Facts.sagaStarted(Optional.empty()));
  }

  static Story due(Instant deadline, PlannedStep... steps) {
    return new Story(Plans.plan(steps), Facts.sagaStarted(Optional.of(deadline)));
  }

  static Story child(Lineage lineage, PlannedStep... steps) {
    return new Story(
        Plans.plan(steps),
        new Fact.SagaStarted(
            "fingerprint", Payload.ofText("{}"), Optional.empty(), Optional.of(lineage)));
  }

  static Instant second(long seconds) {
    return START.plusSeconds(seconds);
  }

  /** Sets the time of the facts that follow. */
  Story at(Instant time) {
    now = time;
    return this;
  }

  Story then(Fact... facts) {
    for (Fact fact : facts) {
      state = machine.apply(state, new JournalRecord(state.seq() + 1, now, fact));
    }
    return this;
  }

  SagaState state() {
    return state;
  }

  StepState step(int index) {
    return state.steps().get(index);
  }

  Decision decide() {
    return machine.decide(state, Set.of(), now);
  }

  /** What an attempt's outcome means, without jitter. */
  Fact judge(Call call, Outcome outcome) {
    return machine.judge(state, call, outcome, now, 0);
  }

  Fact answer(CommandKind kind) {
    return answer(NewCommand.of(kind, "ann", "because"));
  }

  /** The answer to a command about a step. */
  Fact answer(CommandKind kind, String step) {
    return answer(NewCommand.of(kind, "ann", "because").withStep(step));
  }

  /** Whether nothing is answered to a command. */
  boolean silent(NewCommand command) {
    return machine.answer(state, command).isEmpty();
  }

  Fact answer(NewCommand command) {
    return machine.answer(state, command).orElseThrow();
  }
}
