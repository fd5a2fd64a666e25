package io.sagaflow;

import java.util.List;
import java.util.function.Consumer;

/**
 * One branch of a parallel block while it is being described: steps in sequence, and blocks within.
 * Mutable, for one thread.
 *
 * @param <I> the saga's input
 */
public final class Branch<I> extends StepSequence<I> {

  private final SagaDefinitionBuilder<I> saga;

  Branch(SagaDefinitionBuilder<I> saga) {
    super(saga.drafts);
    this.saga = saga;
  }

  /**
   * Adds a parallel block within this branch, see {@link SagaDefinitionBuilder#parallel}.
   *
   * @param branches describe the branches, two at least
   * @return this branch
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final Branch<I> parallel(Consumer<Branch<I>>... branches) {
    drafts.parallel(saga, List.of(branches));
    return this;
  }

  @Override
  SagaDefinitionBuilder<I> saga() {
    return saga;
  }
}
