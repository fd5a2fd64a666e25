package io.sagaflow.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * The database of tests that need none of their own. To create one takes longer than most tests.
 */
final class SharedDatabase {

  private static final String URL = TestPostgres.freshDatabase().jdbcUrl();
  private static final DataSource POOL = createTables();

  private SharedDatabase() {}

  @SuppressWarnings("resource") // it lives as long as the JVM
  private static DataSource createTables() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(URL);
    try (PostgresSagaStore store = PostgresSagaStore.create(pool)) {
      store.open();
    }
    return pool;
  }

  /** Its tables, emptied. */
  static DataSource emptied() {
    try (Connection connection = POOL.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "TRUNCATE saga_instance, saga_journal, saga_node, saga_inbox, saga_definition,"
              + " saga_lock");
      return POOL;
    } catch (SQLException e) {
      throw new IllegalStateException("Can't empty the tables", e);
    }
  }

  /** A transaction on a connection of its own. */
  static Connection begin() {
    try {
      Connection connection = DriverManager.getConnection(URL);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException("Can't begin a transaction", e);
    }
  }

  static String url() {
    return URL;
  }
}
