package io.sagaflow;

import java.util.Optional;

/**
 * The user's code in a step.
 *
 * @param action the action; stands in for one of another form
 * @param compensation what undoes it; stands in for one of another form
 * @param transactional the action, if it runs in a transaction
 * @param transactionalCompensation what undoes it, if that runs in a transaction
 * @param asynchronous the action, if it holds no thread
 * @param asynchronousCompensation what undoes it, if that holds no thread
 * @param condition whether the step is to run
 * @param probe what settles an unknown outcome
 * @param locking what has to be locked before the action is called
 */
record StepCalls<I, R>(
    Action<I, R> action,
    Optional<Compensation<I, R>> compensation,
    Optional<TransactionalAction<I, R>> transactional,
    Optional<TransactionalCompensation<I, R>> transactionalCompensation,
    Optional<AsyncAction<I, R>> asynchronous,
    Optional<AsyncCompensation<I, R>> asynchronousCompensation,
    Optional<Condition<I>> condition,
    Optional<StatusQuery<I, R>> probe,
    Optional<LockKeys<I>> locking) {

  static <I, R> StepCalls<I, R> of(StepDraft<I, R> draft, Action<I, R> action) {
    return new StepCalls<>(
        action,
        Optional.ofNullable(draft.compensation),
        Optional.ofNullable(draft.transactional),
        Optional.ofNullable(draft.transactionalCompensation),
        Optional.ofNullable(draft.asynchronous),
        Optional.ofNullable(draft.asynchronousCompensation),
        Optional.ofNullable(draft.condition),
        Optional.ofNullable(draft.probe),
        Optional.ofNullable(draft.locks()));
  }

  /** An asynchronous call that is decorated is called as one that waits. */
  StepCalls<I, R> decorated(StepDefinition<I, R> step, StepDecorator<I> decorator) {
    Action<I, R> itsAction = decorator.action(step, action);
    Optional<Compensation<I, R>> undo =
        compensation.map(itsUndo -> decorator.compensation(step, itsUndo));
    return new StepCalls<>(
        itsAction,
        undo,
        transactional,
        transactionalCompensation,
        itsAction == action ? asynchronous : Optional.empty(),
        undo.equals(compensation) ? asynchronousCompensation : Optional.empty(),
        condition,
        probe,
        locking);
  }
}
