package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeId;

/** The DELETE of a node's rows. */
final class Evict extends Transaction {

  private final NodeId node;

  Evict(DatabaseClient client, NodeId node) {
    super(client, Exchange.EVICT);
    this.node = node;
  }

  @Override
  boolean execute() {
    NodeRow row = database.tables().nodes.get(node);
    return row == null || row.lockToDelete(this, database.locks());
  }

  @Override
  void apply() {
    if (database.tables().nodes.remove(node) != null) {
      database.watcher().evicted(node);
    }
  }
}
