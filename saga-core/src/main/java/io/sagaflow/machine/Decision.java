package io.sagaflow.machine;

import io.sagaflow.store.Fact;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What to do next with a saga. */
public sealed interface Decision {

  /**
   * Make this durable, then decide again.
   *
   * @param fact what to append
   */
  record Append(Fact fact) implements Decision {}

  /**
   * Begin these calls, then decide again.
   *
   * @param calls which, at least one, each of another step
   */
  record Run(List<Call> calls) implements Decision {
    /** Copies the list. */
    public Run {
      calls = List.copyOf(calls);
    }
  }

  /**
   * Nothing is to be begun before an instant, or before a running call ends.
   *
   * @param until the instant; empty if only the end of a running call changes anything
   */
  record Wait(Optional<Instant> until) implements Decision {}

  /** The saga has ended, or nothing but a command moves it: an operator's, or a signal. */
  record Rest() implements Decision {}
}
