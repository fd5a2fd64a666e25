package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.CommandRefused;
import io.sagaflow.store.Fact.SagaRetried;
import io.sagaflow.store.Fact.SagaTurnedBack;
import io.sagaflow.store.TurnCause;
import java.util.Optional;

/** Answers what is asked of a saga from outside. */
final class Commands {

  private final Plan plan;

  Commands(Plan plan) {
    this.plan = plan;
  }

  Fact answer(SagaState state, CommandKind kind, String by, String reason) {
    return switch (kind) {
      case CANCEL -> cancel(state, by, reason);
      case RETRY -> retry(state, by, reason);
      case REVERSE -> reverse(state, by, reason);
      case LOOK -> throw new IllegalArgumentException("A look leaves no record");
    };
  }

  private Fact cancel(SagaState state, String by, String reason) {
    if (Frontier.mayTurnBack(plan, state)) {
      return new SagaTurnedBack(
          TurnCause.CANCELLED, Optional.of(by), "Cancelled by " + by + ": " + reason);
    }
    String why =
        state.status() == SagaStatus.RUNNING
            ? "Too late to cancel: the pivot may have begun."
            : "A saga that is " + state.status() + " can't be cancelled.";
    return new CommandRefused(CommandKind.CANCEL, by, why);
  }

  private Fact reverse(SagaState state, String by, String reason) {
    if (Frontier.mayReverse(plan, state)) {
      return new SagaTurnedBack(TurnCause.REVERSED, Optional.of(by), reason);
    }
    String why =
        state.status() == SagaStatus.COMPLETED
            ? "A saga with a pivot can't be undone as a whole."
            : "Only a saga that has completed is reversed; this one is " + state.status();
    return new CommandRefused(CommandKind.REVERSE, by, why);
  }

  private static Fact retry(SagaState state, String by, String reason) {
    return state.status() == SagaStatus.STUCK
        ? new SagaRetried(by, reason)
        : new CommandRefused(
            CommandKind.RETRY, by, "Only a stuck saga is retried; this one is " + state.status());
  }
}
