package io.sagaflow;

import org.jspecify.annotations.Nullable;

/**
 * A step's forward transaction. It may run more than once, always with the same idempotency key.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
@FunctionalInterface
public interface Action<I, R> {

  /**
   * Runs one attempt.
   *
   * @param context the saga's input, earlier results and this attempt's key
   * @return the step's result, journaled before the next step starts; null for none
   * @throws Exception a type named by {@code rejectedBy}, or {@link StepRejectedException}, if it
   *     surely had no effect; any other leaves the outcome unknown
   */
  @Nullable R run(ActionContext<I> context) throws Exception;
}
