package io.sagaflow;

import java.util.concurrent.CompletionStage;

/**
 * A step's forward transaction that holds no thread while it runs, such as a call of a non-blocking
 * client. It may run more than once, always with the same idempotency key.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
@FunctionalInterface
public interface AsyncAction<I, R> {

  /**
   * Begins one attempt, and returns before it has ended. It has ended when the stage completes, so
   * nothing of the attempt may go on after that; one that is given up completes it exceptionally.
   *
   * <p>An attempt that takes too long has no thread to interrupt: register with {@link
   * StepContext#onInterrupt} what stops it.
   *
   * @param context the saga's input, earlier results and this attempt's key
   * @return completes, on any thread, with the step's result, or null for none. Failures mean what
   *     they mean if an {@link Action} throws them; a {@link
   *     java.util.concurrent.CompletionException} stands for its cause
   * @throws Exception as an {@link Action} does
   */
  CompletionStage<R> begin(ActionContext<I> context) throws Exception;
}
