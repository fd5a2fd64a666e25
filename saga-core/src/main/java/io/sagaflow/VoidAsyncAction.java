package io.sagaflow;

import java.util.concurrent.CompletionStage;

/**
 * An {@link AsyncAction} of a step without a result.
 *
 * @param <I> the saga's input
 */
@FunctionalInterface
public interface VoidAsyncAction<I> {

  /**
   * Begins one attempt, see {@link AsyncAction#begin}.
   *
   * @param context the saga's input, earlier results and this attempt's key
   * @return completes when the attempt has ended; its value doesn't matter
   * @throws Exception as an {@link Action} does
   */
  CompletionStage<?> begin(ActionContext<I> context) throws Exception;
}
