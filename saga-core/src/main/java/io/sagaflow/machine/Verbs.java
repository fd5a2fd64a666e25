package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.CompensationSkipped;
import io.sagaflow.store.Fact.SagaForcedForward;
import io.sagaflow.store.Fact.StepMarkedDone;
import io.sagaflow.store.Fact.StepMarkedNotDone;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.TurnCause;
import java.util.Optional;

/**
 * Answers an operator, who knows what the journal doesn't. Each verb is refused where the saga's
 * state makes it wrong, with a sentence on what to do instead.
 */
final class Verbs {

  private final Plan plan;

  Verbs(Plan plan) {
    this.plan = plan;
  }

  Fact markDone(SagaState state, NewCommand command) {
    return whyNotMarked(state, command)
        .map(why -> Commands.refused(command, why))
        .orElseGet(
            () ->
                new StepMarkedDone(
                    step(command), command.by(), command.reason(), command.payload()));
  }

  Fact markNotDone(SagaState state, NewCommand command) {
    return whyNotMarked(state, command)
        .or(() -> whyNotTurned(command))
        .map(why -> Commands.refused(command, why))
        .orElseGet(() -> new StepMarkedNotDone(step(command), command.by(), command.reason()));
  }

  /** Why the outcome of a step's action isn't an operator's to tell. */
  private Optional<String> whyNotMarked(SagaState state, NewCommand command) {
    int index = plan.indexOf(step(command));
    if (index < 0) {
      return unknown(command);
    }
    StepStatus status = state.step(index).status();
    if (state.heading() != SagaStatus.RUNNING) {
      return Optional.of(
          "The saga has turned back, so the outcome of step "
              + step(command)
              + " isn't asked for any more: skip its compensation, or force the saga forward.");
    }
    if (state.isDone(index) || status == StepStatus.REJECTED) {
      return Optional.of("Step " + step(command) + " is " + status + " already.");
    }
    return Frontier.isTurn(plan, state, index)
        ? Optional.empty()
        : Optional.of("It isn't the turn of step " + step(command) + " yet.");
  }

  private Optional<String> whyNotTurned(NewCommand command) {
    return plan.step(plan.indexOf(step(command))).kind() == StepKind.RETRIABLE
        ? Optional.of(
            "Step "
                + step(command)
                + " comes after the pivot, where a saga only goes forward: retry the saga, or mark"
                + " the step done.")
        : Optional.empty();
  }

  Fact skipCompensation(SagaState state, NewCommand command) {
    return whyNotSkipped(state, command)
        .map(why -> Commands.refused(command, why))
        .orElseGet(() -> new CompensationSkipped(step(command), command.by(), command.reason()));
  }

  private Optional<String> whyNotSkipped(SagaState state, NewCommand command) {
    int index = plan.indexOf(step(command));
    if (index < 0) {
      return unknown(command);
    }
    if (state.heading() != SagaStatus.COMPENSATING) {
      return Optional.of("The saga hasn't turned back: there is no compensation to skip.");
    }
    if (Frontier.backward(plan, state).contains(index)) {
      return Optional.empty();
    }
    StepStatus status = state.step(index).status();
    boolean later = plan.step(index).is(Trait.COMPENSATED) && Frontier.mayHaveEffect(status);
    return Optional.of(
        later
            ? "It isn't the turn of step " + step(command) + " yet: what came after it is first."
            : "Step " + step(command) + " is " + status + ": it has nothing to compensate.");
  }

  Fact forceForward(SagaState state, NewCommand command) {
    return whyNotForced(state)
        .map(why -> Commands.refused(command, why))
        .orElseGet(() -> new SagaForcedForward(command.by(), command.reason()));
  }

  private Optional<String> whyNotForced(SagaState state) {
    if (state.heading() != SagaStatus.COMPENSATING) {
      return Optional.of(
          "The saga goes forward already: retry it, or mark the step done on which it is stuck.");
    }
    if (state.status() != SagaStatus.STUCK) {
      return Optional.of("Only a stuck saga is forced forward; this one is " + state.status());
    }
    return Revival.obstacle(plan, state);
  }

  Fact abort(SagaState state, NewCommand command) {
    return whyNotAborted(state)
        .map(why -> Commands.refused(command, why))
        .orElseGet(() -> Commands.turnedBack(TurnCause.ABORTED, "Aborted", command));
  }

  private Optional<String> whyNotAborted(SagaState state) {
    if (state.heading() != SagaStatus.RUNNING) {
      return Optional.of("The saga has turned back already.");
    }
    if (Frontier.mayTurnBack(plan, state.freed())) {
      return Optional.empty();
    }
    return Optional.of(
        Frontier.forward(plan, state).stream()
            .filter(index -> plan.step(index).kind() == StepKind.PIVOT)
            .map(
                index ->
                    "The pivot may have taken effect: find out, and mark step "
                        + plan.step(index).name()
                        + " done or not done.")
            .findFirst()
            .orElse("The point of no return is passed: the saga only goes forward."));
  }

  private Optional<String> unknown(NewCommand command) {
    return Optional.of("Definition " + plan.definition() + " has no step " + step(command) + ".");
  }

  private static String step(NewCommand command) {
    return command.step().orElse("(none)");
  }
}
