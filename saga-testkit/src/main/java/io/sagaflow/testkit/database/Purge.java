package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.SagaPurge.PurgeOrder;
import io.sagaflow.store.SagaPurge.Purged;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The SELECT FOR UPDATE of ended sagas that nobody has locked, and their DELETEs. */
final class Purge extends Transaction {

  private final PurgeOrder order;
  private final List<SagaRow> doomed = new ArrayList<>();

  Purge(DatabaseClient client, PurgeOrder order) {
    super(client, Exchange.PURGE);
    this.order = order;
  }

  @Override
  boolean execute() {
    Locks locks = database.locks();
    for (SagaRow row : candidates()) {
      if (doomed.size() == order.slice().limit()) {
        break;
      }
      if (!locks.isLockedFor(this, row.lock, LockMode.UPDATE)) {
        locks.acquire(this, row.lock, LockMode.UPDATE);
        doomed.add(row);
      }
    }
    return true;
  }

  private List<SagaRow> candidates() {
    List<SagaRow> rows = new ArrayList<>();
    for (SagaRow row : database.tables().sagas.values()) {
      if (row.isAtRest() && isDispensable(row) && order.accepts(row.toSummary())) {
        rows.add(row);
      }
    }
    rows.sort((one, other) -> one.header.id().compareTo(other.header.id()));
    return rows;
  }

  /** A child may have to be undone as long as its root hasn't ended. */
  private boolean isDispensable(SagaRow row) {
    String root = row.toStored().journal().get(0).detail();
    SagaRow its = root == null ? null : database.tables().sagas.get(SagaId.parse(root));
    return its == null || its.status.isTerminal();
  }

  @Override
  void apply() {
    for (SagaRow row : doomed) {
      database.tables().delete(row);
      database.watcher().purged(row.toStored());
    }
  }

  Purged purged() {
    boolean full = doomed.size() == order.slice().limit();
    Optional<SagaId> next =
        full ? Optional.of(doomed.get(doomed.size() - 1).header.id()) : Optional.empty();
    return new Purged(doomed.size(), next);
  }
}
