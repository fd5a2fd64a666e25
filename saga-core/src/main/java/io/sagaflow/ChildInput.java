package io.sagaflow;

/**
 * Makes a child saga's input out of what its parent knows. What it returns when the child is
 * started is the child's input for good, though after a crash it may be asked again.
 *
 * @param <I> the parent's input
 * @param <C> the child's input
 */
@FunctionalInterface
public interface ChildInput<I, C> {

  /**
   * Makes the input.
   *
   * @param context the parent's input and the results of the steps before
   * @return the child's input, never null
   * @throws Exception if it can't be made; the child isn't started, and the step fails as an action
   *     does that throws this
   */
  C of(ActionContext<I> context) throws Exception;
}
