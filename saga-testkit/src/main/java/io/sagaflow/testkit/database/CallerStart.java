package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import org.jspecify.annotations.Nullable;

/**
 * The statement that starts a saga within a transaction of a caller's, and that one's commit. Until
 * then the key's advisory lock says that it is taken, so that no batch waits for it.
 */
final class CallerStart extends Transaction {

  private final NewSaga saga;
  private final LockKey.Business key;
  private final SimulatedConnection connection;
  private @Nullable SagaRow holder;

  CallerStart(DatabaseClient client, NewSaga saga, SimulatedConnection connection) {
    super(client, Exchange.TRANSACTION);
    this.saga = saga;
    this.key = LockKey.Business.of(saga.header());
    this.connection = connection;
  }

  @Override
  boolean execute() {
    Locks locks = database.locks();
    if (!locks.acquire(this, new LockKey.Advisory(key), LockMode.UPDATE)) {
      return false;
    }
    holder = database.tables().holder(key);
    if (holder != null) {
      return locks.awaitChange(this, holder.lock);
    }
    return locks.awaitChange(this, key)
        && locks.acquire(this, new LockKey.SagaKey(saga.header().id()), LockMode.UPDATE)
        && locks.acquire(this, key, LockMode.UPDATE);
  }

  /** Its caller does something else before it commits. */
  @Override
  boolean isLingering() {
    return true;
  }

  @Override
  void apply() {
    connection.takeEffect();
    if (holder == null) {
      database.tables().insertDue(saga);
      database.watcher().startedByCaller(saga);
    }
  }

  @Override
  void fail() {
    super.fail();
    connection.regret();
  }

  JoinedStart result() {
    SagaRow found = holder;
    if (found == null) {
      return new JoinedStart(saga.header().id(), true, input(saga.first().payload()));
    }
    SagaId id = found.header.id();
    return new JoinedStart(id, false, input(found.toStored().journal().get(0).payload()));
  }

  private static Payload input(@Nullable Payload payload) {
    return payload == null ? Payload.of(new byte[0]) : payload;
  }
}
