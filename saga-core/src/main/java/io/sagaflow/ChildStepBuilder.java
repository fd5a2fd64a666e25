package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;

/**
 * Describes a step that runs another saga and waits for its end. Mutable, for one thread.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
public final class ChildStepBuilder<I, R> extends StepSequence<I> {

  private final SagaDefinitionBuilder<I> saga;
  private final StepDraft<I, R> draft;

  ChildStepBuilder(StepSequence<I> sequence, StepDraft<I, R> draft) {
    super(sequence.drafts);
    this.saga = sequence.saga();
    this.draft = draft;
  }

  /**
   * Leaves the child alone when its parent turns back: one that runs goes on, and one that has
   * completed stays.
   *
   * @param reason why there is nothing to undo, for the reader of the definition; not blank
   * @return this builder
   */
  public ChildStepBuilder<I, R> withoutCompensation(String reason) {
    draft.whyNoCompensation = requireNonNull(reason, "reason");
    return this;
  }

  /**
   * Makes this step the point of no return: once the child has completed, the saga only goes
   * forward; if it was compensated, the saga turns back.
   *
   * @return this builder
   */
  public ChildStepBuilder<I, R> pivot() {
    draft.pivot = true;
    return this;
  }

  /**
   * Has the child started only if a condition holds, see {@link StepOptions#onlyIf}.
   *
   * @param condition looks at the input and the results of the steps before
   * @return this builder
   */
  public ChildStepBuilder<I, R> onlyIf(Condition<I> condition) {
    draft.condition = requireNonNull(condition, "condition");
    return this;
  }

  /**
   * Has the saga hold semantic locks before the child is started, see {@link StepOptions#locking}.
   *
   * @param keys says which, from the input and the results of the steps before
   * @return this builder
   */
  public ChildStepBuilder<I, R> locking(LockKeys<I> keys) {
    draft.locking = requireNonNull(keys, "keys");
    return this;
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
    drafts.parallel(saga, List.of(branches));
    return saga;
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
