package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeBeat;
import org.jspecify.annotations.Nullable;

/**
 * The DELETE of a node's rows that locks the heartbeat row first, and looks at its counter: as its
 * snapshot has it, and again when it has the lock. A renewal meanwhile doesn't end its wait.
 */
final class EvictSilent extends Transaction {

  private final NodeBeat seen;
  private boolean looked;
  private boolean silent;

  EvictSilent(DatabaseClient client, NodeBeat seen) {
    super(client, Exchange.EVICT);
    this.seen = seen;
  }

  @Override
  boolean execute() {
    NodeRow row = database.tables().nodes.get(seen.node());
    if (!looked) {
      looked = true;
      silent = isSilent(row);
    }
    if (row == null || !silent) {
      return true;
    }
    if (!database.locks().acquire(this, row.heartbeat, LockMode.UPDATE)) {
      return false;
    }
    silent = isSilent(row);
    return !silent || NodeDeletion.lockSlots(this, row);
  }

  private boolean isSilent(@Nullable NodeRow row) {
    return row != null && row.beats == seen.beats();
  }

  @Override
  void apply() {
    if (silent && database.tables().nodes.remove(seen.node()) != null) {
      database.watcher().evicted(seen.node());
    }
  }
}
