package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredSaga;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** PostgreSQL, as far as {@code PostgresSagaStore} relies on it. For one thread at a time. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // until it is filled in
public final class SimulatedDatabase {

  private final Pace pace;
  private final CommitWatcher watcher;

  /**
   * Creates an empty database.
   *
   * @param pace the virtual time
   * @param watcher is told what is committed
   */
  public SimulatedDatabase(Pace pace, CommitWatcher watcher) {
    this.pace = pace;
    this.watcher = watcher;
  }

  /**
   * Connects a process.
   *
   * @param wire what becomes of its exchanges
   * @param process runs what the process itself does, such as learning the answer to a batch:
   *     later, never inline; keeps it while the process is paused, and forgets it when that is dead
   * @return its store
   */
  public DatabaseClient connect(Wire wire, Executor process) {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns whether a call may have to wait: a transaction is open. Cheap.
   *
   * @return whether any row or key is locked
   */
  public boolean anyLockHeld() {
    return false;
  }

  /**
   * Reads a saga as it is committed.
   *
   * @param sagaId the saga
   * @return a copy
   */
  public Optional<StoredSaga> load(SagaId sagaId) {
    return Optional.empty();
  }

  /**
   * Returns how many records a saga's journal has, without copying it.
   *
   * @param sagaId the saga
   * @return how many; 0 if there is no such saga
   */
  public int journalSize(SagaId sagaId) {
    return 0;
  }

  /**
   * Returns a saga's status.
   *
   * @param sagaId the saga
   * @return its status
   */
  public Optional<SagaStatus> status(SagaId sagaId) {
    return Optional.empty();
  }

  /**
   * Returns a saga's owner, which may have lost its lease.
   *
   * @param sagaId the saga
   * @return its owner
   */
  public Optional<NodeId> owner(SagaId sagaId) {
    return Optional.empty();
  }

  /**
   * Returns all sagas.
   *
   * @return their ids, in the order of their starts
   */
  public List<SagaId> sagas() {
    return List.of();
  }

  /**
   * Returns whether a node has a lease.
   *
   * @param node the node
   * @return whether it has
   */
  public boolean isAlive(NodeId node) {
    return false;
  }
}
