package io.sagaflow;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A saga as its starter holds it. Thread-safe; costs nothing to drop.
 *
 * <p>The store may have a saga <em>no more</em>, when it has ended and was deleted; or <em>not
 * yet</em>, when it was started within a transaction that isn't committed. After a rollback of that
 * transaction it never has it.
 */
public interface SagaHandle {

  /**
   * Returns the saga's id.
   *
   * @return the id
   */
  SagaId id();

  /**
   * Reads the saga's status from the store.
   *
   * @return the status
   * @throws IllegalArgumentException if the store has the saga no more, or not yet
   * @throws SagaStoreException if the store doesn't answer
   */
  SagaStatus status();

  /**
   * Reads the saga's journal, see {@link SagaCoordinator#history}.
   *
   * @return its records in order, at least one
   * @throws IllegalArgumentException if the store has the saga no more, or not yet
   * @throws SagaStoreException if the store doesn't answer
   * @throws io.sagaflow.store.CorruptJournalException if a record has a kind that isn't known here
   */
  List<SagaEvent> history();

  /**
   * Waits until the saga has ended or is stuck, wherever it runs. A saga of this coordinator is
   * seen at once, one of another node by asking the store now and then.
   *
   * @param timeout how long to wait; with zero or less it doesn't, and as a rule throws: to look
   *     without waiting, ask for the status
   * @return the outcome
   * @throws SagaTimeoutException if the saga hasn't ended by then; it goes on
   * @throws CoordinatorClosedException if this coordinator is closed meanwhile; the saga goes on
   * @throws SagaException if the calling thread is interrupted, its interrupt is then restored; or
   *     if the store has the saga no more or, a minute after its start, not yet
   */
  SagaOutcome await(Duration timeout);

  /**
   * Returns a stage that completes when the saga has ended or is stuck. It completes exceptionally,
   * with {@link CoordinatorClosedException}, if this coordinator is closed before, and with {@link
   * IllegalArgumentException} if the store has the saga no more or, a minute after its start, not
   * yet. Dependents that aren't asynchronous run on an engine thread or, if the stage is complete
   * when they are added, on the thread that adds them.
   *
   * @return the stage
   */
  CompletionStage<SagaOutcome> completion();

  /**
   * Asks for the saga to be cancelled, see {@link SagaCoordinator#cancel}.
   *
   * @param by who asks, for the journal; 1 to 200 characters
   * @param reason why, for the journal; 1 to 1,000 characters
   * @throws IllegalArgumentException if the store has the saga no more or not yet, or a text isn't
   *     of that form
   * @throws SagaStoreException if the store doesn't answer; the wish may be durable all the same
   * @throws CoordinatorClosedException if the coordinator is closed
   */
  void cancel(String by, String reason);
}
