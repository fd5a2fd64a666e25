package io.sagaflow;

/**
 * Puts calls around the calls of a definition, see {@link SagaDefinition#decorated}: to measure,
 * trace or disturb them. What it leaves out stays as it is.
 *
 * @param <I> the saga's input
 */
public interface StepDecorator<I> {

  /**
   * Decorates a step's action.
   *
   * @param step the step
   * @param action its action
   * @param <R> the step's result
   * @return what is called in its place
   */
  default <R> Action<I, R> action(StepDefinition<I, R> step, Action<I, R> action) {
    return action;
  }

  /**
   * Decorates a step's compensation.
   *
   * @param step the step
   * @param compensation its compensation
   * @param <R> the step's result
   * @return what is called in its place
   */
  default <R> Compensation<I, R> compensation(
      StepDefinition<I, R> step, Compensation<I, R> compensation) {
    return compensation;
  }

  /**
   * Replaces the retry policy of an action or compensation.
   *
   * @param policy the policy
   * @return the policy in its place
   */
  default RetryPolicy retry(RetryPolicy policy) {
    return policy;
  }
}
