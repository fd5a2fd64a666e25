package io.sagaflow.machine;

import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.SignalReceived;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;
import java.util.Optional;

/**
 * Answers signals. One is taken whatever the saga is doing, and kept for its step: also by a saga
 * that is stuck or has turned back, which may still go forward. The first one counts; that one may
 * be repeated, and another one is refused.
 */
final class Signals {

  private final Plan plan;

  Signals(Plan plan) {
    this.plan = plan;
  }

  /** Empty if the signal is known already. */
  Optional<Fact> answer(SagaState state, NewCommand command) {
    String step = command.step().orElse("(none)");
    String id = command.commandId().orElse("(none)");
    Optional<Payload> value = command.payload();
    int index = plan.indexOf(step);
    if (index < 0 || !plan.step(index).isSignal() || value.isEmpty()) {
      return refused(
          command, "Definition " + plan.definition() + " waits for no signal " + step + ".");
    }
    Optional<StepState.Signal> first = state.step(index).waiting().signal();
    if (first.isPresent()) {
      return first.get().id().equals(id)
          ? Optional.empty()
          : refused(
              command,
              "Signal " + step + " has come already, with id " + first.get().id() + ": " + id);
    }
    if (state.isDone(index)) {
      return refused(command, "Step " + step + " is " + state.step(index).status() + " already.");
    }
    return Optional.of(new SignalReceived(step, id, command.by(), value.get()));
  }

  private static Optional<Fact> refused(NewCommand command, String why) {
    return Optional.of(Commands.refused(command, why));
  }
}
