package io.sagaflow.machine;

import io.sagaflow.store.Fact;
import java.time.Instant;

/** What to do next with a saga. */
public sealed interface Decision {

  /**
   * Make this durable, then decide again.
   *
   * @param fact what to append
   */
  record Append(Fact fact) implements Decision {}

  /**
   * Call a step's action or compensation.
   *
   * @param call which
   */
  record Run(Call call) implements Decision {}

  /**
   * Nothing is due before an instant.
   *
   * @param until the instant
   */
  record Wait(Instant until) implements Decision {}

  /** The saga has ended, or waits for an operator. */
  record Rest() implements Decision {}
}
