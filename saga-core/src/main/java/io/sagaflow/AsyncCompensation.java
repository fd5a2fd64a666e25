package io.sagaflow;

import java.util.concurrent.CompletionStage;

/**
 * A compensation that holds no thread while it runs, see {@link Compensation} and {@link
 * AsyncAction}.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
@FunctionalInterface
public interface AsyncCompensation<I, R> {

  /**
   * Begins one attempt, and returns before it has ended.
   *
   * @param context the saga's input, results, the action's key and the compensation's own
   * @return completes, on any thread, when the effect is undone; its value doesn't matter. If it
   *     fails, the compensation is tried again
   * @throws Exception if it isn't sure that the effect is undone; it is tried again
   */
  CompletionStage<?> begin(CompensationContext<I, R> context) throws Exception;
}
