package io.sagaflow;

import java.util.Optional;

/**
 * What a compensation gets to see. Thread-safe.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
public non-sealed interface CompensationContext<I, R> extends StepContext<I> {

  /**
   * Returns the idempotency key that the action was called with: what names the effect to undo.
   *
   * @return the action's key
   */
  String actionKey();

  /**
   * Returns what the action returned, if the journal knows: empty when its outcome is unknown.
   *
   * @return the step's own result, or empty
   */
  Optional<R> ownResult();
}
