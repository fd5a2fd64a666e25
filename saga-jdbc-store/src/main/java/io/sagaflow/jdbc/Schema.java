package io.sagaflow.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sagaflow.SagaStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the tables, or checks them. All nodes may do so at once: an advisory lock, held until the
 * transaction ends, lets one go first, and the others then find the work done. The scripts are
 * complete, for whoever applies them with another tool: each writes down its version.
 */
final class Schema {

  private static final Logger LOG = LoggerFactory.getLogger(Schema.class);

  /** The scripts in order; script n leads to version n. */
  private static final List<String> SCRIPTS = List.of("V1__create_tables.sql");

  /** It is there in every database. */
  static final String DEFAULT_SCHEMA = "public";

  private final Database database;
  private final Tables tables;

  Schema(Database database, Tables tables) {
    this.database = database;
    this.tables = tables;
  }

  /** Brings the tables to this version. */
  void migrate() {
    int migrated =
        database.transaction(
            "create the tables " + tables,
            connection -> {
              lock(connection);
              int version = version(connection);
              for (int next = version; next < SCRIPTS.size(); next++) {
                apply(connection, next);
              }
              return version;
            });
    refuseNewer(migrated);
    if (migrated < SCRIPTS.size()) {
      LOG.info("Created tables {} at schema version {}.", tables, SCRIPTS.size());
    }
  }

  /** Checks that the tables have this version. */
  void check() {
    int version = database.autocommit("check the tables " + tables, this::version);
    refuseNewer(version);
    if (version < SCRIPTS.size()) {
      throw new SagaStoreException(
          "The tables "
              + tables
              + " have schema version "
              + version
              + ", and this version of Sagaflow needs "
              + SCRIPTS.size()
              + ". Open the store with migrate(true) once, or apply what schemaSql() of its builder"
              + " returns.",
          null);
    }
  }

  private void refuseNewer(int version) {
    if (version > SCRIPTS.size()) {
      throw new SagaStoreException(
          "The tables "
              + tables
              + " have schema version "
              + version
              + ", and this version of Sagaflow knows none after "
              + SCRIPTS.size()
              + ". Upgrade Sagaflow on this node.",
          null);
    }
  }

  private void lock(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        Database.prepare(
            connection, "SELECT pg_advisory_xact_lock(hashtextextended('sagaflow ' || ?, 0))")) {
      statement.setString(1, tables.schema()); // whose creation tables of all prefixes share
      statement.execute();
    }
  }

  private int version(Connection connection) throws SQLException {
    if (!exists(connection, "SELECT to_regclass(?)", tables.fill("${t}schema"))) {
      return 0;
    }
    try (PreparedStatement statement =
            Database.prepare(
                connection, tables.fill("SELECT coalesce(max(version), 0) FROM ${t}schema"));
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private void apply(Connection connection, int from) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (from == 0 && !exists(connection, "SELECT to_regnamespace(?)", tables.schema())) {
        // Asked before, since IF NOT EXISTS takes a right that few users have even when it exists.
        statement.execute(tables.fill("CREATE SCHEMA ${schema}"));
      }
      statement.execute(tables.fill(read(SCRIPTS.get(from))));
    }
  }

  /** All that {@link #migrate} does to an empty database, as one script. */
  static String sql(Tables tables) {
    StringBuilder sql = new StringBuilder();
    if (!tables.schema().equals(DEFAULT_SCHEMA)) {
      sql.append("CREATE SCHEMA IF NOT EXISTS ").append(tables.schema()).append(";\n\n");
    }
    SCRIPTS.forEach(script -> sql.append(tables.fill(read(script))));
    return sql.toString();
  }

  static boolean exists(Connection connection, String question, String name) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, question)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getString(1) != null;
      }
    }
  }

  static String read(String script) {
    try (InputStream stream = Schema.class.getResourceAsStream("schema/" + script)) {
      if (stream == null) {
        throw new IllegalStateException("The jar lacks the script " + script);
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
