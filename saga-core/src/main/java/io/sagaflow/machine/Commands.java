package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.CommandRefused;
import io.sagaflow.store.Fact.SagaRetried;
import io.sagaflow.store.Fact.SagaTurnedBack;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.TurnCause;
import java.util.Optional;
import java.util.Set;

/** Answers what is asked of a saga from outside. */
final class Commands {

  private final Plan plan;
  private final Verbs verbs;
  private final Signals signals;

  Commands(Plan plan) {
    this.plan = plan;
    this.verbs = new Verbs(plan);
    this.signals = new Signals(plan);
  }

  /** Empty if nothing is to be said. */
  Optional<Fact> answer(SagaState state, NewCommand command) {
    return command.kind() == CommandKind.SIGNAL
        ? signals.answer(state, command)
        : Optional.of(verdict(state, command));
  }

  private Fact verdict(SagaState state, NewCommand command) {
    return switch (command.kind()) { // no default: a new kind has to be answered
      case SIGNAL, LOOK ->
          throw new IllegalArgumentException(command.kind() + " isn't answered so");
      case CANCEL -> cancel(state, command);
      case RETRY -> retry(state, command);
      case REVERSE -> reverse(state, command);
      case MARK_DONE -> verbs.markDone(state, command);
      case MARK_NOT_DONE -> verbs.markNotDone(state, command);
      case SKIP_COMPENSATION -> verbs.skipCompensation(state, command);
      case FORCE_FORWARD -> verbs.forceForward(state, command);
      case ABORT -> verbs.abort(state, command);
    };
  }

  /** A command about a step waits for that step's call, any other one for all calls. */
  boolean mayAnswer(NewCommand command, Set<Integer> running) {
    return command
        .step()
        .map(step -> !running.contains(plan.indexOf(step)))
        .orElse(running.isEmpty());
  }

  private Fact reverse(SagaState state, NewCommand command) {
    if (Frontier.mayReverse(plan, state)) {
      return new SagaTurnedBack(TurnCause.REVERSED, Optional.of(command.by()), command.reason());
    }
    return refused(
        command,
        state.status() == SagaStatus.COMPLETED
            ? "A saga with a pivot can't be undone as a whole."
            : "Only a saga that has completed is reversed; this one is " + state.status());
  }

  private Fact cancel(SagaState state, NewCommand command) {
    if (Frontier.mayTurnBack(plan, state)) {
      return turnedBack(TurnCause.CANCELLED, "Cancelled", command);
    }
    return refused(
        command,
        state.status() == SagaStatus.RUNNING
            ? "Too late to cancel: the pivot may have begun."
            : "A saga that is " + state.status() + " can't be cancelled.");
  }

  private static Fact retry(SagaState state, NewCommand command) {
    return state.status() == SagaStatus.STUCK
        ? new SagaRetried(command.by(), command.reason())
        : refused(command, "Only a stuck saga is retried; this one is " + state.status());
  }

  static Fact turnedBack(TurnCause cause, String what, NewCommand command) {
    String reason = what + " by " + command.by() + ": " + command.reason();
    return new SagaTurnedBack(cause, Optional.of(command.by()), reason);
  }

  static Fact refused(NewCommand command, String why) {
    return new CommandRefused(command.kind(), command.by(), why);
  }
}
