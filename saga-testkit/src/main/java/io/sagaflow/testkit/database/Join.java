package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * The DELETE of whoever has a name, and the INSERT of its successor. The DELETE finds those of its
 * snapshot; who joined since then makes the INSERT fail.
 */
final class Join extends Transaction {

  private final NodeId node;
  private final String name;
  private final int lanes;
  private @Nullable NodeDeletion former;
  private boolean taken;

  Join(DatabaseClient client, NodeId node, String name, int lanes) {
    super(client, Exchange.JOIN);
    this.node = node;
    this.name = name;
    this.lanes = lanes;
  }

  @Override
  boolean execute() {
    Tables tables = database.tables();
    Locks locks = database.locks();
    if (former == null) {
      former = new NodeDeletion(tables.nodeNamed(name));
    }
    if (!former.lock(this) || !locks.acquire(this, new LockKey.NodeName(name), LockMode.UPDATE)) {
      return false;
    }
    NodeRow present = tables.nodeNamed(name);
    taken = present != null && !former.isOf(present);
    return true;
  }

  /** Whether somebody joined under the name between the two statements. */
  boolean isNameTaken() {
    return taken;
  }

  @Override
  void apply() {
    Tables tables = database.tables();
    if (former != null) {
      former.apply(database);
    }
    tables.nodes.put(node, new NodeRow(node, name, lanes));
    database.watcher().joined(node, name);
  }
}
