package io.sagaflow.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the server has done until now.
 *
 * @param commits transactions committed in this database
 * @param walBytes bytes of write-ahead log, of whatever origin
 */
record DatabaseReading(long commits, long walBytes) {

  private static final String READ =
      """
      SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()),
             pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint
      """;

  static DatabaseReading of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(READ)) {
      rows.next();
      return new DatabaseReading(rows.getLong(1), rows.getLong(2));
    }
  }

  DatabaseReading since(DatabaseReading before) {
    return new DatabaseReading(commits - before.commits, walBytes - before.walBytes);
  }
}
