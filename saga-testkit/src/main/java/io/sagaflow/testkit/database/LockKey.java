package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaHeader;

/** What can be locked: a row that exists, or a unique key that may be about to. */
sealed interface LockKey {

  /**
   * Whether those that wait stand in a queue. They do for a row; for a key, all await its writer.
   */
  default boolean isQueued() {
    return true;
  }

  /** A node's heartbeat row, which its claims hold. */
  record Heartbeat(NodeId node) implements LockKey {}

  /** The slot row of one of a node's lanes, which the lane's batches hold. */
  record Slot(NodeId node, int lane) implements LockKey {}

  /** A saga's row. */
  record Saga(SagaId id) implements LockKey {}

  /** A command's row. */
  record Command(long id) implements LockKey {}

  /** The primary key of the sagas' rows. */
  record SagaKey(SagaId id) implements LockKey {
    @Override
    public boolean isQueued() {
      return false;
    }
  }

  /** The primary key of the journal. */
  record Journal(SagaId id, long seq) implements LockKey {
    @Override
    public boolean isQueued() {
      return false;
    }
  }

  /** The unique key of the sagas' rows. */
  record Business(String definition, String key) implements LockKey {
    @Override
    public boolean isQueued() {
      return false;
    }

    static Business of(SagaHeader header) {
      return new Business(header.definition().name(), header.businessKey());
    }
  }

  /** The advisory lock of a saga's key, which callers' transactions hold that start one. */
  record Advisory(Business key) implements LockKey {}

  /** The unique key of the nodes' rows. */
  record NodeName(String name) implements LockKey {
    @Override
    public boolean isQueued() {
      return false;
    }
  }
}
