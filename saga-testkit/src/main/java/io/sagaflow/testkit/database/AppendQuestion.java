package io.sagaflow.testkit.database;

import io.sagaflow.store.SagaAppend;

/** The SELECT FOR UPDATE that waits for a transaction in doubt, and the look at how it ended. */
final class AppendQuestion extends Transaction {

  private final SagaAppend append;
  private boolean durable;

  AppendQuestion(DatabaseClient client, SagaAppend append) {
    super(client, Exchange.READ);
    this.append = append;
  }

  @Override
  boolean execute() {
    SagaRow row = database.tables().sagas.get(append.sagaId());
    return row == null || database.locks().acquire(this, row.lock, LockMode.UPDATE);
  }

  @Override
  void apply() {
    SagaRow row = database.tables().sagas.get(append.sagaId());
    durable = row != null && row.holds(append.records().get(0));
  }

  boolean isDurable() {
    return durable;
  }
}
