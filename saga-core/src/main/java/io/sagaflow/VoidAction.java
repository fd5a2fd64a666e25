package io.sagaflow;

/**
 * A forward transaction of a step that has no result.
 *
 * @param <I> the saga's input
 */
@FunctionalInterface
public interface VoidAction<I> {

  /**
   * Runs one attempt.
   *
   * @param context the saga's input, earlier results and this attempt's key
   * @throws Exception as for {@link Action#run}
   */
  void run(ActionContext<I> context) throws Exception;
}
