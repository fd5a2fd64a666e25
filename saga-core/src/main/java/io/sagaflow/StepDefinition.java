package io.sagaflow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One step of a {@link SagaDefinition}. Immutable and thread-safe.
 *
 * @param <I> the saga's input
 * @param <R> the step's result; {@link Void} for a step without one
 */
public final class StepDefinition<I, R> {

  private final StepKey<R> key;
  private final StepKind kind;
  private final List<Integer> after;
  private final StepCalls<I, R> calls;
  private final StepPolicies policies;
  private final Optional<Pause> pause;
  private final Optional<ChildSaga<I, ?, R>> child;
  private final Optional<String> whyNoCompensation;
  private final boolean atMostOnce;

  StepDefinition(StepDraft<I, R> draft, StepKind kind, Action<I, R> action) {
    this.key = draft.key;
    this.kind = kind;
    this.after = draft.after;
    this.calls = StepCalls.of(draft, action);
    this.policies = StepPolicies.of(draft, kind);
    this.pause = Optional.ofNullable(draft.pause);
    this.child = Optional.ofNullable(draft.child);
    this.whyNoCompensation = Optional.ofNullable(draft.whyNoCompensation);
    this.atMostOnce = draft.atMostOnce;
  }

  private StepDefinition(StepDefinition<I, R> original, StepDecorator<I> decorator) {
    this.key = original.key;
    this.kind = original.kind;
    this.after = original.after;
    this.calls = original.calls.decorated(original, decorator);
    this.policies = original.policies.decorated(decorator);
    this.pause = original.pause;
    this.child = original.child;
    this.whyNoCompensation = original.whyNoCompensation;
    this.atMostOnce = original.atMostOnce;
  }

  StepDefinition<I, R> decorated(StepDecorator<I> decorator) {
    return new StepDefinition<>(this, decorator);
  }

  /**
   * Returns the step's name, unique within the definition.
   *
   * @return the name
   */
  public String name() {
    return key.name();
  }

  /**
   * Returns the name and the type of the result.
   *
   * @return the key
   */
  public StepKey<R> key() {
    return key;
  }

  /**
   * Returns what the step is to backward recovery.
   *
   * @return the kind
   */
  public StepKind kind() {
    return kind;
  }

  /**
   * Returns what the step waits for, in place of an action.
   *
   * @return what, or empty for a step that has an action
   */
  public Optional<Pause> pause() {
    return pause;
  }

  /**
   * Returns the forward transaction.
   *
   * @return the action; of an {@linkplain #asynchronous asynchronous} step, one that waits for its
   *     stage; of a step that is {@linkplain #transactional transactional}, {@linkplain #pause
   *     waits} or runs a {@linkplain #child child}, one that does nothing but throw
   */
  public Action<I, R> action() {
    return calls.action();
  }

  /**
   * Returns the action of an asynchronous step.
   *
   * @return the action, or empty if the step isn't asynchronous
   */
  public Optional<AsyncAction<I, R>> asynchronous() {
    return calls.asynchronous();
  }

  /**
   * Returns the action of a transactional step.
   *
   * @return the action, or empty if the step isn't transactional
   */
  public Optional<TransactionalAction<I, R>> transactional() {
    return calls.transactional();
  }

  /**
   * Returns what undoes the action.
   *
   * @return the compensation, or empty for a step that has nothing to undo; an asynchronous one
   *     waits for its stage, a transactional one does nothing but throw, see {@link
   *     #transactionalCompensation}
   */
  public Optional<Compensation<I, R>> compensation() {
    return calls.compensation();
  }

  /**
   * Returns what undoes the action without holding a thread.
   *
   * @return the compensation, or empty if the step has none that is asynchronous
   */
  public Optional<AsyncCompensation<I, R>> asynchronousCompensation() {
    return calls.asynchronousCompensation();
  }

  /**
   * Returns what undoes the action in a transaction.
   *
   * @return the compensation, or empty if the step has none that is transactional
   */
  public Optional<TransactionalCompensation<I, R>> transactionalCompensation() {
    return calls.transactionalCompensation();
  }

  /**
   * Returns why the step has nothing to undo.
   *
   * @return the reason, or empty
   */
  public Optional<String> whyNoCompensation() {
    return whyNoCompensation;
  }

  /**
   * Returns whether the step is to run.
   *
   * @return the condition, or empty for a step that always runs
   */
  public Optional<Condition<I>> condition() {
    return calls.condition();
  }

  /**
   * Returns what has to be locked before the step.
   *
   * @return the locks, or empty for a step without
   */
  public Optional<LockKeys<I>> locking() {
    return calls.locking();
  }

  /**
   * Returns the saga that the step runs.
   *
   * @return the child, or empty for a step with an action of its own
   */
  public Optional<ChildSaga<I, ?, R>> child() {
    return child;
  }

  /**
   * Returns whether there is something to undo when the saga turns back.
   *
   * @return true for a step with a compensation, and before the pivot for one that runs a child,
   *     unless it says that there is nothing to undo
   */
  public boolean isCompensated() {
    return calls.compensation().isPresent()
        || (child.isPresent() && kind == StepKind.COMPENSATABLE && whyNoCompensation.isEmpty());
  }

  /**
   * Returns what settles an unknown outcome of the action.
   *
   * @return the status query, or empty
   */
  public Optional<StatusQuery<I, R>> probe() {
    return calls.probe();
  }

  /**
   * Returns how often an unknown outcome is asked for.
   *
   * @return the policy; without a meaning for a step that has no probe
   */
  public RetryPolicy probeRetry() {
    return policies.probeRetry();
  }

  /**
   * Returns the steps that this one waits for: the one before it, unless parallel blocks begin or
   * end here.
   *
   * @return their positions in {@link SagaDefinition#steps}, from 0, all before this one; empty for
   *     a step that begins with the saga
   */
  public List<Integer> after() {
    return after;
  }

  /**
   * Returns which exceptions of the action mean what.
   *
   * @return the classes
   */
  public FailureClasses failures() {
    return policies.failures();
  }

  /**
   * Returns how often the action is tried.
   *
   * @return the policy
   */
  public RetryPolicy retry() {
    return policies.retry();
  }

  /**
   * Returns how often the compensation is tried.
   *
   * @return the policy
   */
  public RetryPolicy compensationRetry() {
    return policies.compensationRetry();
  }

  /**
   * Returns how long one attempt of the action may take.
   *
   * @return the time, positive
   */
  public Duration timeout() {
    return policies.timeout();
  }

  /**
   * Returns how long one attempt of the compensation may take.
   *
   * @return the time, positive
   */
  public Duration compensationTimeout() {
    return policies.compensationTimeout();
  }

  /**
   * Returns how many calls of this step a coordinator makes at a time.
   *
   * @return the limit
   */
  public CallLimit limit() {
    return policies.limit();
  }

  /**
   * Returns whether the action is never called a second time.
   *
   * @return whether the step was declared at-most-once
   */
  public boolean atMostOnce() {
    return atMostOnce;
  }

  @Override
  public String toString() {
    return name() + " (" + kind + ")";
  }
}
