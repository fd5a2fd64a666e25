package io.sagaflow.testkit.database;

import org.jspecify.annotations.Nullable;

/**
 * The part of a transaction that deletes a node's rows. They lie in the table in the order in which
 * they were written, and a DELETE locks them in the order in which its snapshot has them: the
 * heartbeat row first, or last once it has been renewed.
 */
final class NodeDeletion {

  private final @Nullable NodeRow row;
  private final boolean renewed;

  /** Looks at the beginning of the statement. */
  NodeDeletion(@Nullable NodeRow row) {
    this.row = row;
    this.renewed = row != null && row.beats > 0;
  }

  /** Takes the locks, unless another has deleted the rows meanwhile. */
  boolean lock(Transaction transaction) {
    if (row == null || transaction.database.tables().nodes.get(row.id) != row) {
      return true;
    }
    Locks locks = transaction.database.locks();
    boolean first = renewed || locks.acquire(transaction, row.heartbeat, LockMode.UPDATE);
    return first
        && lockSlots(transaction, row)
        && locks.acquire(transaction, row.heartbeat, LockMode.UPDATE);
  }

  /** In the order of the lanes. */
  static boolean lockSlots(Transaction transaction, NodeRow row) {
    for (LockKey slot : row.slots) {
      if (!transaction.database.locks().acquire(transaction, slot, LockMode.UPDATE)) {
        return false;
      }
    }
    return true;
  }

  boolean isOf(@Nullable NodeRow other) {
    return row == other;
  }

  void apply(SimulatedDatabase database) {
    if (row != null && delete(database)) {
      database.watcher().evicted(row.id);
    }
  }

  /** The node's own wish. */
  void applyOfItsOwn(SimulatedDatabase database) {
    if (row != null && delete(database)) {
      database.watcher().left(row.id);
    }
  }

  private boolean delete(SimulatedDatabase database) {
    return row != null && database.tables().nodes.remove(row.id) != null;
  }
}
