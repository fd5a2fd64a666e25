package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeBeat;

/** The DELETE of a node's rows that locks the heartbeat row first, and looks at its counter. */
final class EvictSilent extends Transaction {

  private final NodeBeat seen;
  private boolean silent;

  EvictSilent(DatabaseClient client, NodeBeat seen) {
    super(client, Exchange.EVICT);
    this.seen = seen;
  }

  @Override
  boolean execute() {
    NodeRow row = database.tables().nodes.get(seen.node());
    silent = row != null && row.beats == seen.beats();
    if (row == null || !silent) {
      return true;
    }
    return database.locks().acquire(this, row.heartbeat, LockMode.UPDATE)
        && NodeDeletion.lockSlots(this, row);
  }

  @Override
  void apply() {
    if (silent && database.tables().nodes.remove(seen.node()) != null) {
      database.watcher().evicted(seen.node());
    }
  }
}
