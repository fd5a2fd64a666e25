package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * What can be said of any step. Mutable, for one thread.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 * @param <B> the step's builder
 */
public abstract sealed class StepOptions<I, R, B extends StepOptions<I, R, B>>
    extends StepSequence<I> permits StepBuilder, VoidStepBuilder {

  final StepDraft<I, R> draft;
  private final SagaDefinitionBuilder<I> saga;

  StepOptions(StepSequence<I> sequence, StepDraft<I, R> draft) {
    super(sequence.drafts);
    this.saga = sequence.saga();
    this.draft = draft;
  }

  abstract B self();

  /**
   * Sets what undoes the action. It also runs where the action's outcome is unknown, so it must
   * tolerate that there is nothing to undo.
   *
   * @param compensation what undoes the action
   * @return this builder
   */
  public final B compensation(Compensation<I, R> compensation) {
    draft.compensation(requireNonNull(compensation, "compensation"));
    return self();
  }

  /**
   * Sets what undoes the action, without holding a thread while it is undone.
   *
   * @param compensation begins to undo the action
   * @return this builder
   */
  public final B compensationAsync(AsyncCompensation<I, R> compensation) {
    draft.asynchronousCompensation(requireNonNull(compensation, "compensation"));
    return self();
  }

  /**
   * Sets what undoes the action, in a transaction of the journal's database: what it writes with
   * the connection it is given and the record of its success are committed together, exactly once.
   *
   * @param compensation what undoes the action
   * @return this builder
   */
  public final B transactionalCompensation(TransactionalCompensation<I, R> compensation) {
    draft.transactionalCompensation(requireNonNull(compensation, "compensation"));
    return self();
  }

  /**
   * Declares that there is nothing to undo.
   *
   * @param reason why, for the reader of the definition; not blank
   * @return this builder
   */
  public final B withoutCompensation(String reason) {
    draft.whyNoCompensation = requireNonNull(reason, "reason");
    return self();
  }

  /**
   * Declares that the action changes nothing, so that there is nothing to undo.
   *
   * @return this builder
   */
  public final B readOnly() {
    return withoutCompensation("read-only");
  }

  /**
   * Sets how often the action is tried. By default {@link RetryPolicy#brief()} before the pivot,
   * and {@link RetryPolicy#forever()} from the pivot on.
   *
   * @param policy the policy
   * @return this builder
   */
  public final B retry(RetryPolicy policy) {
    draft.retry = requireNonNull(policy, "policy");
    return self();
  }

  /**
   * Sets how often the compensation is tried before the saga is stuck; by default {@link
   * RetryPolicy#persistent()}.
   *
   * @param policy the policy
   * @return this builder
   */
  public final B compensationRetry(RetryPolicy policy) {
    draft.compensationRetry = requireNonNull(policy, "policy");
    return self();
  }

  /**
   * Sets how long one attempt of the action may take, and of the compensation unless that has its
   * own; by default one minute. An attempt that takes longer is interrupted. If it succeeds in
   * spite of that, its success counts; if it fails, other than by a rejection, it counts as a
   * failed attempt that may have had its effect.
   *
   * @param timeout the time; positive, at most 7 days
   * @return this builder
   */
  public final B timeout(Duration timeout) {
    draft.timeout = requireNonNull(timeout, "timeout");
    return self();
  }

  /**
   * Sets how long one attempt of the compensation may take.
   *
   * @param timeout the time; positive, at most 7 days
   * @return this builder
   */
  public final B compensationTimeout(Duration timeout) {
    draft.compensationTimeout = requireNonNull(timeout, "timeout");
    return self();
  }

  /**
   * Bounds how many calls of this step run at the same time in one coordinator: actions,
   * compensations and status queries together. Those that have to wait hold no thread, don't delay
   * other steps, and are let in in the order in which they came; their timeout begins when they do.
   * A call that ignores its interrupt keeps its place until it ends. Versions of a definition share
   * the bound.
   *
   * @param calls at least 1; each coordinator has so many of its own
   * @return this builder
   */
  public final B maxConcurrent(int calls) {
    draft.limit = draft.limit.withConcurrent(calls);
    return self();
  }

  /**
   * Bounds how many calls of this step begin within a while in one coordinator, see {@link
   * #maxConcurrent}. A call counts from when it is let in; it may still have to wait for another
   * limit, or for a thread. A call counts from when it is let in; it may still have to wait for
   * another limit, or for a thread.
   *
   * @param calls how many begin at most within any such time; 1 to 100,000
   * @param per the time; positive, at most a day
   * @return this builder
   */
  public final B rateLimit(int calls, Duration per) {
    draft.limit = draft.limit.withRate(calls, requireNonNull(per, "per"));
    return self();
  }

  /**
   * Names the exceptions by which a participant definitely rejects the step: no effect, so no retry
   * and no compensation of this step; the steps before it are compensated.
   *
   * @param types the exceptions, with their subclasses
   * @return this builder
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final B rejectedBy(Class<? extends Throwable>... types) {
    draft.rejectedBy.addAll(List.of(types));
    return self();
  }

  /**
   * Names the only exceptions that are retried; by default all are, but rejections.
   *
   * @param types the exceptions, with their subclasses
   * @return this builder
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final B retryOn(Class<? extends Throwable>... types) {
    draft.retryOn.addAll(List.of(types));
    return self();
  }

  /**
   * Names exceptions that aren't retried: the outcome is unknown at once, and is compensated.
   *
   * @param types the exceptions, with their subclasses
   * @return this builder
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final B abortOn(Class<? extends Throwable>... types) {
    draft.abortOn.addAll(List.of(types));
    return self();
  }

  /**
   * Declares that the action must never be called a second time, not even after a crash. Costs one
   * more durable append before the call. After a crash its outcome is unknown, and is compensated.
   *
   * @return this builder
   */
  public final B atMostOnce() {
    draft.atMostOnce = true;
    return self();
  }

  /**
   * Sets a status query that settles an unknown outcome before anything else is decided of the
   * step: after a timeout, used-up retries, or the crash of an at-most-once action. With it, a
   * pivot may be at-most-once.
   *
   * @param query asks the participant what became of the action; it runs as an action does, within
   *     the step's timeout
   * @return this builder
   */
  public final B probe(StatusQuery<I, R> query) {
    draft.probe = requireNonNull(query, "query");
    return self();
  }

  /**
   * Sets how often the status query is tried before it is given up. By default {@link
   * RetryPolicy#brief()} before the pivot, where a step of which nothing is known is compensated,
   * and {@link RetryPolicy#forever()} from the pivot on, where the saga is stuck then.
   *
   * @param policy the policy
   * @return this builder
   */
  public final B probeRetry(RetryPolicy policy) {
    draft.probeRetry = requireNonNull(policy, "policy");
    return self();
  }

  /**
   * Makes this step the point of no return: once it may have begun, the saga can't be cancelled,
   * and once it took effect, the saga only goes forward.
   *
   * @return this builder
   */
  public final B pivot() {
    draft.pivot = true;
    return self();
  }

  /**
   * Has the step run only if a condition holds; otherwise it is skipped, and has no result. The
   * answer is journaled before the action is called, which costs one more durable append, and is
   * never asked for again. The condition runs as an action does, on its threads and within the
   * step's timeout.
   *
   * @param condition looks at the input and the results of the steps before
   * @return this builder
   */
  public final B onlyIf(Condition<I> condition) {
    draft.condition = requireNonNull(condition, "condition");
    return self();
  }

  /**
   * Has the saga hold semantic locks while this step and those behind it run, so that no other saga
   * that asks for one of them comes in between: {@code locking(ctx -> List.of("account:" +
   * ctx.input().account()))}. They are taken before the action is called, all together and durably,
   * and released with the saga's last record; a saga that is stuck keeps them. Sagas that have to
   * wait leave memory after a while, and get their turns in the order in which they came. Costs a
   * transaction and one more durable append before the call.
   *
   * <p>A saga that would wait for one that waits for it has this step rejected, and turns back. A
   * child saga shares the locks of the outermost one, which holds them. Locks keep away those who
   * ask for them, and nobody else.
   *
   * @param keys says which, from the input and the results of the steps before
   * @return this builder
   */
  public final B locking(LockKeys<I> keys) {
    draft.locking = requireNonNull(keys, "keys");
    return self();
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

  @Override
  final SagaDefinitionBuilder<I> saga() {
    return saga;
  }

  /**
   * Checks and completes the definition.
   *
   * @return the definition
   * @throws SagaDefinitionException if it isn't well-formed, with every fault
   */
  public final SagaDefinition<I> build() {
    return saga.build();
  }
}
