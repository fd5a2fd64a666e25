package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeId;
import org.jspecify.annotations.Nullable;

/** The DELETE of a node's rows. */
final class Evict extends Transaction {

  private final NodeId node;
  private @Nullable NodeDeletion deletion;

  Evict(DatabaseClient client, NodeId node) {
    super(client, Exchange.EVICT);
    this.node = node;
  }

  @Override
  boolean execute() {
    if (deletion == null) {
      deletion = new NodeDeletion(database.tables().nodes.get(node));
    }
    return deletion.lock(this);
  }

  @Override
  void apply() {
    if (deletion != null) {
      deletion.apply(database);
    }
  }
}
