package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeId;
import java.util.ArrayList;
import java.util.List;

/** The UPDATE that frees the sagas of dead nodes, but for those that are locked. */
final class OrphanRelease extends Transaction {

  private final int limit;
  private final List<SagaRow> freed = new ArrayList<>();

  OrphanRelease(DatabaseClient client, int limit) {
    super(client, Exchange.RELEASE_ORPHANS);
    this.limit = limit;
  }

  @Override
  boolean execute() {
    Locks locks = database.locks();
    for (SagaRow row : database.tables().orphans()) {
      if (freed.size() == limit) {
        break;
      }
      if (!locks.isLockedFor(this, row.lock, LockMode.UPDATE)) {
        locks.acquire(this, row.lock, LockMode.UPDATE);
        freed.add(row);
      }
    }
    return true;
  }

  @Override
  void apply() {
    for (SagaRow row : freed) {
      free(database, row, true);
    }
  }

  /** Makes a row claimable at once. */
  static void free(SimulatedDatabase database, SagaRow row, boolean orphaned) {
    NodeId owner = row.owner;
    if (owner != null) {
      row.orphaned = orphaned;
      database.tables().disown(row, Tables.GIVEN_BACK);
      database.watcher().freed(owner, row.header.id(), orphaned);
    }
  }

  int count() {
    return freed.size();
  }
}
