package io.sagaflow.jdbc;

import io.sagaflow.TransactionRunner;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;

/**
 * Runs transactions on the store's connections, some at a time: they hold a connection while user
 * code runs, and must leave some for what keeps the node alive.
 */
final class OwnTransactions implements TransactionRunner {

  private final Database database;
  private final Semaphore permits;

  OwnTransactions(Database database, int atATime) {
    this.database = database;
    this.permits = new Semaphore(atATime, true);
  }

  @Override
  public void run(TransactionBody body) throws SQLException, InterruptedException {
    permits.acquire();
    try {
      database.rawTransaction(
          connection -> {
            body.run(GuardedConnection.of(connection, "A transactional step"));
            return true;
          });
    } finally {
      permits.release();
    }
  }
}
