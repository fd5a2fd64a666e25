package io.sagaflow;

import java.util.function.Consumer;

/**
 * A definition whose last step so far waits: for a signal, or for time. Mutable, for one thread.
 *
 * @param <I> the saga's input
 */
public final class PauseBuilder<I> extends StepSequence<I> {

  private final SagaDefinitionBuilder<I> saga;

  PauseBuilder(StepSequence<I> sequence) {
    super(sequence.drafts);
    this.saga = sequence.saga();
  }

  /**
   * Adds a parallel block behind this step, see {@link SagaDefinitionBuilder#parallel}.
   *
   * @param branches describe the branches, two at least, each with one step at least
   * @return the builder of the definition
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final SagaDefinitionBuilder<I> parallel(Consumer<Branch<I>>... branches) {
    return saga.parallel(branches);
  }

  /**
   * Checks and completes the definition.
   *
   * @return the definition
   * @throws SagaDefinitionException if it isn't well-formed, with every fault
   */
  public SagaDefinition<I> build() {
    return saga.build();
  }

  @Override
  SagaDefinitionBuilder<I> saga() {
    return saga;
  }
}
