package io.sagaflow;

/**
 * Whether a step is to run. It should be quick, change nothing, and depend on nothing but the
 * saga's input and results; what it says is journaled before the action is called.
 *
 * @param <I> the saga's input
 */
@FunctionalInterface
public interface Condition<I> {

  /**
   * Asks. It may be asked more than once, until an answer is journaled.
   *
   * @param context the saga's input and earlier results
   * @return whether the action is to be called; if not, the step is skipped
   * @throws Exception if it can't say; the action isn't called. It is asked again as the step's
   *     retry policy has it, and then counts as rejected
   */
  boolean holds(ActionContext<I> context) throws Exception;
}
