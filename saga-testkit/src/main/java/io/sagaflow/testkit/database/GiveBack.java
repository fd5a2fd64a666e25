package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Locks what a claim in doubt may have taken, which waits for its end, and gives it back. */
final class GiveBack extends Transaction {

  private final NodeId node;
  private final List<SagaId> doubts;

  GiveBack(DatabaseClient client, NodeId node, Set<SagaId> doubts) {
    super(client, Exchange.CLAIM);
    this.node = node;
    this.doubts = new ArrayList<>(doubts);
    this.doubts.sort(SagaId::compareTo);
  }

  @Override
  boolean execute() {
    for (SagaId id : doubts) {
      if (!database.locks().acquire(this, new LockKey.Saga(id), LockMode.UPDATE)) {
        return false;
      }
    }
    return true;
  }

  @Override
  void apply() {
    for (SagaId id : doubts) {
      SagaRow row = database.tables().sagas.get(id);
      if (row != null && node.equals(row.owner)) {
        OrphanRelease.free(database, row, row.orphaned);
      }
    }
  }
}
