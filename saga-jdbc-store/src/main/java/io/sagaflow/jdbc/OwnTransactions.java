package io.sagaflow.jdbc;

import io.sagaflow.TransactionRunner;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * Runs transactions on the store's connections, some at a time: they hold a connection while user
 * code runs, and must leave some for what keeps the node alive.
 */
final class OwnTransactions implements TransactionRunner {

  /** What would end the transaction before its record is written, or lead around this guard. */
  private static final Set<String> FORBIDDEN =
      Set.of("commit", "close", "abort", "setAutoCommit", "unwrap");

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
            body.run(guarded(connection));
            return true;
          });
    } finally {
      permits.release();
    }
  }

  private static Connection guarded(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            OwnTransactions.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> call(connection, method, arguments));
  }

  private static Object call(Connection connection, Method method, Object[] arguments)
      throws Throwable {
    boolean wholeRollback = method.getName().equals("rollback") && arguments == null;
    if (FORBIDDEN.contains(method.getName()) || wholeRollback) {
      throw new SQLException(
          "A transactional step doesn't call "
              + method.getName()
              + "(): its transaction ends when it returns or throws. Savepoints may be used.",
          "2D000");
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
