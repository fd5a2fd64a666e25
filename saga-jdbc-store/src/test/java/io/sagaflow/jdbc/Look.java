package io.sagaflow.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Looks into a database, and waits for what is to be seen there. */
final class Look {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final DataSource dataSource;

  Look(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      execute(connection, sql);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of a query, as text. */
  List<String> query(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> answers = new ArrayList<>();
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
      return answers;
    }
  }

  /** Waits until a query finds a row. */
  void await(String sql) throws Exception {
    await(sql, () -> !query(sql).isEmpty());
  }

  /** Waits until a statement of this database waits for a lock. */
  void awaitLockWait() throws Exception {
    await(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            + " AND datname = current_database()");
  }

  /** Waits until something holds, and fails loudly if it doesn't. */
  static void await(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!holds.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Waited in vain for: " + what);
      }
      Thread.onSpinWait();
    }
  }
}
