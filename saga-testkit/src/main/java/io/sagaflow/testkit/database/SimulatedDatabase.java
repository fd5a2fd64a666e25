package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredSaga;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * PostgreSQL, as far as {@code PostgresSagaStore} relies on it, under the same statements: what
 * they lock and in which order, what waits for what, what of it survives when a connection breaks.
 * A test runs the same scripts against both.
 *
 * <p>It does what PostgreSQL does and not what an owner may expect: a record may leave a gap, and a
 * living node that doesn't own a saga may add to its journal. To see that nobody does is the task
 * of who watches.
 *
 * <p>For one thread at a time. Deterministic: ids and orders depend on nothing but the calls.
 */
public final class SimulatedDatabase {

  private static final int DEFAULT_LANES = 2;
  private static final int MOST_LANES = 16;

  private final Tables tables = new Tables();
  private final Locks locks = new Locks();
  private final Pace pace;
  private final CommitWatcher watcher;
  private final Set<Guard> missing;

  /**
   * Creates an empty database.
   *
   * @param pace the virtual time
   * @param watcher is told what is committed
   */
  public SimulatedDatabase(Pace pace, CommitWatcher watcher) {
    this(pace, watcher, Set.of());
  }

  /**
   * Creates an empty database that is weaker than PostgreSQL.
   *
   * @param pace the virtual time
   * @param watcher is told what is committed
   * @param missing what it doesn't do
   */
  public SimulatedDatabase(Pace pace, CommitWatcher watcher, Set<Guard> missing) {
    this.pace = pace;
    this.watcher = watcher;
    this.missing = Set.copyOf(missing);
  }

  /**
   * Connects a process.
   *
   * @param wire what becomes of its exchanges
   * @param process runs what the process itself does, such as learning the answer to a batch:
   *     later, never inline; keeps it while the process is paused, and forgets it when that is dead
   * @return its store, which has two lanes
   */
  public DatabaseClient connect(Wire wire, Executor process) {
    return connect(wire, process, DEFAULT_LANES);
  }

  /**
   * Connects a process whose store has some lanes.
   *
   * @param wire what becomes of its exchanges
   * @param process see {@link #connect(Wire, Executor)}
   * @param lanes how many batches it may write at a time, from 1 to 16
   * @return its store
   * @throws IllegalArgumentException if lanes isn't from 1 to 16
   */
  public DatabaseClient connect(Wire wire, Executor process, int lanes) {
    if (lanes < 1 || lanes > MOST_LANES) {
      throw new IllegalArgumentException(
          "lanes must be from 1 to " + MOST_LANES + "; got " + lanes);
    }
    return new DatabaseClient(this, wire, process, lanes);
  }

  boolean has(Guard guard) {
    return !missing.contains(guard);
  }

  Tables tables() {
    return tables;
  }

  Locks locks() {
    return locks;
  }

  Pace pace() {
    return pace;
  }

  CommitWatcher watcher() {
    return watcher;
  }

  /**
   * Returns whether a call may have to wait: a transaction is open. Cheap.
   *
   * @return whether any row or key is locked
   */
  public boolean anyLockHeld() {
    return !locks.isQuiet();
  }

  /**
   * Returns what waits for locks now.
   *
   * @return the exchanges, in the order in which they began to wait
   */
  public List<Wait> waits() {
    List<Wait> waits = new ArrayList<>();
    for (Transaction each : locks.waiting()) {
      Set<DatabaseClient> blockers = new LinkedHashSet<>();
      each.awaitedNow().forEach(blocker -> blockers.add(blocker.client()));
      waits.add(new Wait(each.client(), each.exchange(), blockers));
    }
    return waits;
  }

  /**
   * Returns how many exchanges wait for the same row or key, where most do. In which order they go
   * on isn't certain in PostgreSQL, while here it is that of their coming.
   *
   * @return how many; 0 if nothing waits
   */
  public int longestQueue() {
    return locks.longestQueue();
  }

  /**
   * Returns how many cycles of waiting were ended, by the failure of one that waits. Whom
   * PostgreSQL chooses isn't certain, while here it is who has closed the cycle.
   *
   * @return how many, since the beginning
   */
  public int cycles() {
    return locks.cycles();
  }

  /**
   * Reads a saga as it is committed.
   *
   * @param sagaId the saga
   * @return a copy
   */
  public Optional<StoredSaga> load(SagaId sagaId) {
    return Optional.ofNullable(tables.sagas.get(sagaId)).map(SagaRow::toStored);
  }

  /**
   * Returns how many records a saga's journal has, without copying it.
   *
   * @param sagaId the saga
   * @return how many; 0 if there is no such saga
   */
  public int journalSize(SagaId sagaId) {
    SagaRow row = tables.sagas.get(sagaId);
    return row == null ? 0 : row.journalSize();
  }

  /**
   * Returns a saga's status.
   *
   * @param sagaId the saga
   * @return its status
   */
  public Optional<SagaStatus> status(SagaId sagaId) {
    return Optional.ofNullable(tables.sagas.get(sagaId)).map(row -> row.status);
  }

  /**
   * Returns a saga's owner, which may have lost its lease.
   *
   * @param sagaId the saga
   * @return its owner
   */
  public Optional<NodeId> owner(SagaId sagaId) {
    return Optional.ofNullable(tables.sagas.get(sagaId)).map(row -> row.owner);
  }

  /**
   * Returns all sagas.
   *
   * @return their ids, in the order of their starts
   */
  public List<SagaId> sagas() {
    return List.copyOf(tables.sagas.keySet());
  }

  /**
   * Returns whether a node has a lease.
   *
   * @param node the node
   * @return whether it has
   */
  public boolean isAlive(NodeId node) {
    return tables.nodes.containsKey(node);
  }
}
