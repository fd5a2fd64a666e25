package io.sagaflow;

import static java.util.Objects.requireNonNull;

/**
 * Describes a step that has no result. Mutable, for one thread.
 *
 * @param <I> the saga's input
 */
public final class VoidStepBuilder<I> extends StepOptions<I, Void, VoidStepBuilder<I>> {

  VoidStepBuilder(StepSequence<I> sequence, StepDraft<I, Void> draft) {
    super(sequence, draft);
  }

  /**
   * Sets what the step does.
   *
   * @param action the forward transaction
   * @return this builder
   */
  public VoidStepBuilder<I> action(VoidAction<I> action) {
    requireNonNull(action, "action");
    draft.action(
        context -> {
          action.run(context);
          return null;
        });
    return this;
  }

  /**
   * Sets what the step does, without holding a thread while it is done, see {@link
   * StepBuilder#actionAsync}.
   *
   * @param action begins the forward transaction
   * @return this builder
   */
  public VoidStepBuilder<I> actionAsync(VoidAsyncAction<I> action) {
    requireNonNull(action, "action");
    draft.asynchronous(context -> action.begin(context).thenApply(ignored -> null));
    return this;
  }

  /**
   * Sets what the step does, in a transaction of the journal's database, see {@link
   * StepBuilder#transactional}.
   *
   * @param action the forward transaction
   * @return this builder
   */
  public VoidStepBuilder<I> transactional(VoidTransactionalAction<I> action) {
    requireNonNull(action, "action");
    draft.transactional(
        (context, connection) -> {
          action.run(context, connection);
          return null;
        });
    return this;
  }

  @Override
  VoidStepBuilder<I> self() {
    return this;
  }
}
