package io.sagaflow;

/**
 * Asks a participant what became of an action whose outcome is unknown. It changes nothing.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
@FunctionalInterface
public interface StatusQuery<I, R> {

  /**
   * Asks. It may be asked more than once.
   *
   * @param context the saga's input, earlier results, and the idempotency key of the action
   * @return the answer, never null
   * @throws Exception if there is none; the participant is asked again
   */
  Probe<R> ask(ActionContext<I> context) throws Exception;
}
