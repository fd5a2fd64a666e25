package io.sagaflow;

/**
 * Where steps are added, one behind the other. Mutable, for one thread.
 *
 * @param <I> the saga's input
 */
public abstract sealed class StepSequence<I> permits SagaDefinitionBuilder, Branch, StepOptions {

  final Drafts<I> drafts;

  StepSequence(Drafts<I> drafts) {
    this.drafts = drafts;
  }

  /**
   * Begins the next step, one without a result.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @return the step's builder
   */
  public final VoidStepBuilder<I> step(String name) {
    return new VoidStepBuilder<>(this, drafts.add(StepKey.of(name, Void.class)));
  }

  /**
   * Begins the next step.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @param resultType the class of the step's result
   * @param <R> the type of the step's result
   * @return the step's builder
   */
  public final <R> StepBuilder<I, R> step(String name, Class<R> resultType) {
    return step(StepKey.of(name, resultType));
  }

  /**
   * Begins the next step.
   *
   * @param key the step's name and the class of its result
   * @param <R> the type of the step's result
   * @return the step's builder
   */
  public final <R> StepBuilder<I, R> step(StepKey<R> key) {
    return new StepBuilder<>(this, drafts.add(key));
  }

  /** The builder of the whole definition. */
  abstract SagaDefinitionBuilder<I> saga();
}
