package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import java.util.List;

/**
 * The statement that appends within a user's transaction, and its commit. Its fence is the saga's
 * own row: who would free the saga changes that row, and waits.
 */
final class JoinedAppend extends BatchTransaction {

  private final SimulatedConnection connection;
  private final NodeId owner;
  private final SagaId saga;
  private boolean seen;
  private boolean alive;

  JoinedAppend(
      DatabaseClient client, NodeId owner, SagaAppend append, SimulatedConnection connection) {
    super(client, Exchange.TRANSACTION, 0, List.of(Write.append(owner, append)), false);
    this.connection = connection;
    this.owner = owner;
    this.saga = append.sagaId();
  }

  @Override
  boolean lockFence(Tables tables) {
    if (!seen) {
      seen = true;
      alive = tables.nodes.containsKey(owner);
    }
    SagaRow row = tables.sagas.get(saga);
    fence(!alive || row == null || !owner.equals(row.owner));
    return row == null
        || isFenced()
        || database.locks().acquire(this, row.lock, LockMode.NO_KEY_UPDATE);
  }

  @Override
  void apply() {
    connection.takeEffect();
    super.apply();
  }

  @Override
  void fail() {
    super.fail();
    connection.regret();
  }
}
