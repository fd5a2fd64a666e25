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
    draft.action(requireNonNull(action, "action"));
    return this;
  }

  /**
   * Sets what the step does, without holding a thread while it is done: ten thousand such calls may
   * be under way, with no ten thousand threads.
   *
   * @param action begins the forward transaction
   * @return this builder
   */
  public StepBuilder<I, R> actionAsync(AsyncAction<I, R> action) {
    draft.asynchronous(requireNonNull(action, "action"));
    return this;
  }

  /**
   * Sets what the step does, in a transaction of the journal's database: what it writes with the
   * connection it is given and the record of its success are committed together, exactly once. An
   * attempt that throws is rolled back and had no effect; when the retries are used up, the step
   * counts as rejected.
   *
   * <p>No lock of the coordinator's is held while the action runs, but a connection is.
   *
   * @param action the forward transaction
   * @return this builder
   */
  public StepBuilder<I, R> transactional(TransactionalAction<I, R> action) {
    draft.transactional(requireNonNull(action, "action"));
    return this;
  }

  @Override
  StepBuilder<I, R> self() {
    return this;
  }
}
