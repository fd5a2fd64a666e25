package io.sagaflow.machine;

import io.sagaflow.Pause;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.StepCompleted;
import io.sagaflow.store.Fact.StepRejected;
import java.time.Instant;
import java.util.Optional;

/**
 * The steps that wait: for a signal, or for time. Their clocks run from the record that made it
 * their turn, so that they tell the same time whoever reads the journal.
 */
final class Pauses {

  private Pauses() {}

  /** Notes whose turn has come with a record. */
  static SagaState noted(Plan plan, SagaState state, Instant at) {
    if (plan.pauses().isEmpty() || state.heading() != SagaStatus.RUNNING) {
      return state;
    }
    SagaState noted = state;
    for (int index : plan.pauses()) {
      StepState step = state.step(index);
      if (step.waiting().since().isEmpty() && Frontier.isTurn(plan, state, index)) {
        noted =
            noted.withStep(
                index,
                step.withWaiting(new StepState.Waiting(Optional.of(at), step.waiting().signal())));
      }
    }
    return noted;
  }

  /** What ends a step's waiting by now, if anything does. */
  static Optional<Fact> end(PlannedStep planned, StepState step, Instant now) {
    boolean waits = step.status() == StepStatus.PENDING || step.status() == StepStatus.STARTED;
    if (planned.pause().isEmpty() || !waits) {
      return Optional.empty();
    }
    if (step.waiting().signal().isPresent()) {
      return Optional.of(new StepCompleted(planned.name(), 0, Optional.empty()));
    }
    return until(planned, step).filter(at -> !now.isBefore(at)).map(at -> timeIsUp(planned));
  }

  private static Fact timeIsUp(PlannedStep planned) {
    return planned.isSignal()
        ? new StepRejected(
            planned.name(),
            0,
            "No signal came within " + planned.pause().flatMap(Pause::time).orElseThrow() + ".")
        : new StepCompleted(planned.name(), 0, Optional.empty());
  }

  /** When a step has waited long enough; empty for never. */
  static Optional<Instant> until(PlannedStep planned, StepState step) {
    return planned
        .pause()
        .flatMap(Pause::time)
        .flatMap(time -> step.waiting().since().map(since -> since.plus(time)));
  }
}
