package io.sagaflow.testkit.database;

import io.sagaflow.LocalTransaction;
import io.sagaflow.TransactionRunner;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.TransactionalStore;

/** What a client's store does in transactions that hold users' writes as well. */
final class UserTransactions implements TransactionalStore {

  private final DatabaseClient client;

  UserTransactions(DatabaseClient client) {
    this.client = client;
  }

  @Override
  public JoinedStart start(LocalTransaction transaction, NewSaga saga) {
    SimulatedConnection connection = SimulatedConnection.of(transaction.connection());
    CallerStart start = new CallerStart(client, saga, connection);
    connection.join(start);
    return start.result();
  }

  @Override
  public void append(LocalTransaction transaction, NodeId owner, SagaAppend append) {
    SimulatedConnection connection = SimulatedConnection.of(transaction.connection());
    JoinedAppend joined = new JoinedAppend(client, owner, append, connection);
    connection.join(joined);
    if (joined.isFenced()) {
      throw new NodeFencedException(owner);
    }
    String refusal = joined.refusal(0);
    if (refusal != null) {
      throw new JournalRefusedException("The database refuses an append: " + refusal, null);
    }
  }

  @Override
  public boolean isAppended(SagaAppend append) {
    AppendQuestion question = new AppendQuestion(client, append);
    client.execute(question);
    return question.isDurable();
  }

  @Override
  public TransactionRunner runner() {
    return this::run;
  }

  private void run(TransactionRunner.TransactionBody body) {
    client.read(); // there may be no connection
    SimulatedConnection connection = new SimulatedConnection();
    try {
      body.run(connection.asConnection());
    } catch (RuntimeException | Error e) {
      connection.rollBack();
      throw e;
    }
    connection.commit();
  }
}
