package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The DELETE of a node's rows, and then the UPDATE that frees its sagas. */
final class Leave extends Transaction {

  private final NodeId node;
  private final Set<SagaId> open;
  private @Nullable NodeDeletion deletion;
  private @Nullable List<SagaRow> rows;

  Leave(DatabaseClient client, NodeId node, Set<SagaId> open) {
    super(client, Exchange.LEAVE);
    this.node = node;
    this.open = open;
  }

  @Override
  boolean execute() {
    if (deletion == null) {
      deletion = new NodeDeletion(database.tables().nodes.get(node));
    }
    if (rows == null) {
      if (!deletion.lock(this)) {
        return false;
      }
      rows = database.tables().ownedBy(node); // the second statement has a snapshot of its own
    }
    for (SagaRow each : rows) {
      if (!database.locks().acquire(this, each.lock, LockMode.NO_KEY_UPDATE)) {
        return false;
      }
    }
    return true;
  }

  @Override
  void apply() {
    if (deletion != null) {
      deletion.applyOfItsOwn(database);
    }
    if (rows != null) {
      for (SagaRow each : rows) {
        if (node.equals(each.owner)) {
          OrphanRelease.free(database, each, each.orphaned || open.contains(each.header.id()));
        }
      }
    }
  }
}
