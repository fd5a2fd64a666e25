package io.sagaflow.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lends connections, one for each piece of work, and leaves no state in them: a pooler in
 * transaction mode may stand in between.
 */
final class Database {

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  static final int STATEMENT_TIMEOUT_SECONDS = 30;

  private final DataSource dataSource;
  private final String server;

  /** Takes a source of connections, and how to name its server in messages. */
  Database(DataSource dataSource, String server) {
    this.dataSource = dataSource;
    this.server = server;
  }

  /** Something to do with a connection. */
  @FunctionalInterface
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  String server() {
    return server;
  }

  /** Runs single statements, each its own transaction, and explains failures. */
  <T> T autocommit(String doing, Work<T> work) {
    try (Connection connection = connect()) {
      return autocommitOn(connection, work);
    } catch (SQLException e) {
      throw SqlFailure.explain(doing, server, e);
    }
  }

  /** Runs one transaction, and explains failures. */
  <T> T transaction(String doing, Work<T> work) {
    try {
      return rawTransaction(work);
    } catch (SQLException e) {
      throw SqlFailure.explain(doing, server, e);
    }
  }

  /** Runs one transaction; for callers that look at the SQLState. */
  <T> T rawTransaction(Work<T> work) throws SQLException {
    try (Connection connection = connect()) {
      boolean before = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        T result = work.with(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException | Error e) { // to restore autocommit would commit
        undo(connection, e);
        throw e;
      } finally {
        restore(connection, before);
      }
    }
  }

  /** Runs work on a connection in autocommit mode, whatever mode the user's pool lends it in. */
  static <T> T autocommitOn(Connection connection, Work<T> work) throws SQLException {
    if (connection.getAutoCommit()) {
      return work.with(connection);
    }
    connection.setAutoCommit(true);
    try {
      return work.with(connection);
    } finally {
      restore(connection, false);
    }
  }

  /** Borrows a connection; whatever a pool throws becomes one exception. */
  Connection connect() throws SQLException {
    try {
      return dataSource.getConnection();
    } catch (SQLException e) {
      throw new NoConnectionException(e);
    } catch (RuntimeException e) {
      throw new NoConnectionException(e);
    }
  }

  static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      statement.setQueryTimeout(STATEMENT_TIMEOUT_SECONDS);
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  /**
   * Doesn't believe the answer of a statement whose wait for a synchronous standby was cancelled,
   * by whomever: the server warns, and says that it has committed. The standby may lack the commit;
   * a repetition waits for the standby again. The warning has no SQLState of its own, so it is
   * known by its text, and not in other languages than English.
   *
   * @throws SQLException of class 08 if that is so
   */
  static void requireReplicated(Statement autocommitted) throws SQLException {
    SQLWarning warning = autocommitted.getWarnings();
    for (; warning != null; warning = warning.getNextWarning()) {
      if (String.valueOf(warning.getMessage()).contains("synchronous replication")) {
        throw new SQLException(
            "A wait for the synchronous standby was cancelled: what was committed may be lost with"
                + " the primary.",
            Overdue.RESOLUTION_UNKNOWN,
            warning);
      }
    }
  }

  static void undo(Connection connection, Throwable failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  static void restore(Connection connection, boolean autoCommit) {
    try {
      connection.setAutoCommit(autoCommit);
    } catch (SQLException e) { // a broken connection; its pool will find out
      LOG.debug("A connection broke.", e);
    }
  }
}
