package io.sagaflow.jdbc;

import io.sagaflow.LocalTransaction;
import io.sagaflow.store.SagaStore;
import io.sagaflow.testkit.TransactionalStoreContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

/** The contract of stores that take part in transactions, on a real PostgreSQL. */
class CallerTransactionsContractTest extends TransactionalStoreContract {

  private final DataSource database = SharedDatabase.emptied();
  private final List<Open> begun = new ArrayList<>();

  @Override
  protected SagaStore createStore() {
    return PostgresSagaStore.create(database);
  }

  @Override
  protected OpenTransaction begin() {
    Open open = new Open(SharedDatabase.begin());
    begun.add(open);
    return open;
  }

  @AfterEach
  void endAll() throws SQLException {
    for (Open open : begun) {
      open.connection.close();
    }
  }

  private record Open(Connection connection) implements OpenTransaction {

    @Override
    public LocalTransaction transaction() {
      return new LocalTransaction(connection);
    }

    @Override
    public void commit() {
      try {
        connection.commit();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void rollBack() {
      try {
        connection.rollback();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
