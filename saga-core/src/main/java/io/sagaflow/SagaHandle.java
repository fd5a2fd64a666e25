package io.sagaflow;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A saga as its starter holds it. Thread-safe; costs nothing to drop. */
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
   * @throws SagaStoreException if the store doesn't answer
   */
  SagaStatus status();

  /**
   * Reads the saga's journal.
   *
   * @return its records in order, at least one
   * @throws SagaStoreException if the store doesn't answer
   */
  List<SagaEvent> history();

  /**
   * Waits until the saga has ended or is stuck, wherever it runs. A saga of this coordinator is
   * seen at once, one of another node by asking the store now and then.
   *
   * @param timeout how long to wait; positive
   * @return the outcome
   * @throws SagaTimeoutException if the saga hasn't ended by then; it goes on
   * @throws CoordinatorClosedException if this coordinator is closed meanwhile; the saga goes on
   * @throws SagaException if the calling thread is interrupted; its interrupt is restored
   */
  SagaOutcome await(Duration timeout);

  /**
   * Returns a stage that completes when the saga has ended or is stuck. It completes exceptionally,
   * with {@link CoordinatorClosedException}, if this coordinator is closed before. Dependents run
   * on an engine thread unless they are asynchronous.
   *
   * @return the stage
   */
  CompletionStage<SagaOutcome> completion();

  /**
   * Asks for the saga to be cancelled, see {@link SagaCoordinator#cancel}.
   *
   * @param by who asks, for the journal
   * @param reason why, for the journal
   */
  void cancel(String by, String reason);
}
