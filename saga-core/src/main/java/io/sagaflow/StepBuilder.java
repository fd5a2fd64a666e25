package io.sagaflow;

import static java.util.Objects.requireNonNull;

/**
 * Describes a step that has a result. Mutable, for one thread.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
public final class StepBuilder<I, R> extends StepOptions<I, R, StepBuilder<I, R>> {

  StepBuilder(StepSequence<I> sequence, StepDraft<I, R> draft) {
    super(sequence, draft);
  }

  /**
   * Sets what the step does.
   *
   * @param action the forward transaction
   * @return this builder
   */
  public StepBuilder<I, R> action(Action<I, R> action) {
    draft.action = requireNonNull(action, "action");
    return this;
  }

  @Override
  StepBuilder<I, R> self() {
    return this;
  }
}
