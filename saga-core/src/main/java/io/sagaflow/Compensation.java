package io.sagaflow;

/**
 * Semantically undoes a step's action. It may run more than once, and also where the action had no
 * effect (its outcome was unknown): then it succeeds without doing anything.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
@FunctionalInterface
public interface Compensation<I, R> {

  /**
   * Runs one attempt.
   *
   * @param context the saga's input, results, the action's key and the compensation's own
   * @throws Exception if it isn't sure that the effect is undone; it is tried again
   */
  void run(CompensationContext<I, R> context) throws Exception;
}
