package io.sagaflow.engine;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.store.SagaStore;
import java.time.Instant;

/** What outlives a node's lease: the store, the options, and who listens. */
interface World {

  SagaStore store();

  Environment environment();

  EngineOptions options();

  Listeners listeners();

  Watchers watchers();

  OpenCalls calls();

  Children childrenOf(Node owner);

  Gates gates();

  Room room();

  Locks locks();

  Archive archive();

  /** The transactions of transactional steps. */
  Transactions transactions();

  /** The time as records have it, in microseconds. */
  Instant now();

  boolean isOpen();

  /**
   * Refuses work once the coordinator is being closed.
   *
   * @throws CoordinatorClosedException if it is
   */
  void requireOpen();

  /** Takes sagas and commands up before the next poll, many at once. */
  void attendSoon();

  /** The latest life of this coordinator. */
  Node node();

  /** Called when the store says that a node has lost its lease; returns at once. */
  void fenced(Node node);

  /** Replaces a node that lost its lease; does nothing if that has happened. */
  void rejoin(Node lost);
}
