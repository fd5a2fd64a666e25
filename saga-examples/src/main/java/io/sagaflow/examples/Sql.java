package io.sagaflow.examples;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The few lines of JDBC that all participants need. */
final class Sql {

  private Sql() {}

  /** What happens in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T in(Connection connection) throws Exception;
  }

  /** Runs a local transaction: all of it, or nothing. */
  static <T> T transaction(DataSource dataSource, Work<T> work) throws Exception {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.in(connection);
        connection.commit();
        return result;
      } catch (Exception e) {
        rollBack(connection, e);
        throw e;
      }
    }
  }

  /** Whatever comes of it, the failure that led here is the one to tell. */
  private static void rollBack(Connection connection, Exception failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  static int update(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  /** Reads one value of one row, which is there. */
  static String read(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(connection, sql, values);
        ResultSet rows = statement.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("Not a row answers: " + sql);
      }
      return rows.getString(1);
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
