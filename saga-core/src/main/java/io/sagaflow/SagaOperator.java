package io.sagaflow;

/**
 * The verbs of an operator, who knows what the journal doesn't: asked at the participant, looked
 * into its database, undid something by hand. Thread-safe; made by {@link
 * SagaCoordinator#operator}, with who asks and why, which the journal keeps.
 *
 * <p>Each verb is durable when it returns. The saga's owner takes it up, when a call of the step
 * that it is about has ended, and answers it in the journal: either with what it changed, or with
 * {@link RecordKind#COMMAND_REFUSED} and a sentence on why the saga's state makes it wrong and what
 * to do instead. So a verb that is repeated does no harm. One that is accepted sends a stuck saga
 * on, with fresh attempts for whatever is still to be called. What is asked of a saga that has
 * ended is dropped.
 *
 * <p>Nothing here waits for calls that are out of the coordinator's sight: one that ignored its
 * interrupt ({@code CALL_LEAKED}), or one of a process that is paused. Make sure that they have
 * ended before you say what came of them.
 *
 * <p>All methods throw {@link IllegalArgumentException} if the store has no such saga, {@link
 * SagaStoreException} if the store doesn't answer (the wish may be durable all the same, so repeat
 * it), and {@link CoordinatorClosedException} if the coordinator is closed.
 */
public interface SagaOperator {

  /**
   * Sends a stuck saga on: the call on which it is stuck gets a fresh set of attempts.
   *
   * @param sagaId the saga
   */
  void retry(SagaId sagaId);

  /**
   * Says that a step took effect, and with what result, so that the saga goes on behind it. For a
   * saga that goes forward, or is stuck going forward, at that step: one whose action fails, is in
   * doubt or waits. The action isn't called any more.
   *
   * @param sagaId the saga
   * @param step the step
   * @param result what its action would have returned
   * @param <R> the type of the step's result
   * @throws IllegalArgumentException also if the saga's definition is registered here and has no
   *     such step of that type
   * @throws SagaDataException if the result can't be written and read back, or is too large
   */
  <R> void markDone(SagaId sagaId, StepKey<R> step, R result);

  /**
   * Says that a step took effect, as {@link #markDone(SagaId, StepKey, Object)} does, without a
   * result.
   *
   * @param sagaId the saga
   * @param step the step's name
   * @throws IllegalArgumentException also if the saga's definition is registered here and has no
   *     such step
   */
  void markDone(SagaId sagaId, String step);

  /**
   * Says that a step surely had no effect, and won't have one: it counts as rejected, so that the
   * saga turns back. Of use for a pivot in doubt. Refused after the pivot, where there is no way
   * back.
   *
   * @param sagaId the saga
   * @param step the step's name
   * @throws IllegalArgumentException also if the saga's definition is registered here and has no
   *     such step
   */
  void markNotDone(SagaId sagaId, String step);

  /**
   * Has a compensation not called any more: its step counts as compensated, and the one before it
   * is next. For a saga that has turned back, stuck or not, at that step.
   *
   * @param sagaId the saga
   * @param step the step's name
   * @throws IllegalArgumentException also if the saga's definition is registered here and has no
   *     such step
   */
  void skipCompensation(SagaId sagaId, String step);

  /**
   * Sends a stuck saga that had turned back forward again, without a deadline from now on. Whatever
   * isn't surely as it was is called again with the same key: a step that was rejected or whose
   * outcome is unknown, one whose compensation may have been called, and what was done behind
   * those. Refused once a step has been compensated, and where an at-most-once step, or a
   * transactional one that has taken effect, would have to be called again, or a child saga may be
   * on its way back.
   *
   * @param sagaId the saga
   */
  void forceForward(SagaId sagaId);

  /**
   * Turns a saga back, like {@link #cancel}, and also one that is stuck before its pivot. Refused
   * where the pivot may have taken effect: say first whether it did.
   *
   * @param sagaId the saga
   */
  void abort(SagaId sagaId);

  /**
   * Cancels a saga that runs, as anybody may: see {@link SagaCoordinator#cancel}.
   *
   * @param sagaId the saga
   */
  void cancel(SagaId sagaId);
}
