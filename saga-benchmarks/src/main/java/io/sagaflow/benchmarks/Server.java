package io.sagaflow.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The PostgreSQL server of a run: the user's, or an embedded one that is started for the run and
 * stopped after it. It is asked whether its commits are durable before anything is measured.
 */
final class Server implements AutoCloseable {

  /** What each run replaces in the server's database. */
  private static final List<String> SCHEMAS =
      List.of("bench_engine", "bench_history", "bench_floor", "bench_hand");

  private static final String TABLES =
      "SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' ORDER BY tablename";

  private final String url;
  private final @Nullable EmbeddedPostgres embedded;
  private final ServerSettings settings;

  private Server(String url, @Nullable EmbeddedPostgres embedded) throws SQLException {
    this.url = url;
    this.embedded = embedded;
    try (Connection connection = dataSource().getConnection()) {
      this.settings = ServerSettings.of(connection);
      settings.requireDurable();
      dropSchemas(connection);
    }
  }

  /** Uses the user's server. */
  static Server at(String url) {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new NotUsableException(
          "--url begins with jdbc:postgresql:, for example"
              + " jdbc:postgresql://localhost:5432/test?user=me&password=secret");
    }
    try {
      return new Server(url, null);
    } catch (SQLException e) {
      throw new NotUsableException("The server at --url can't be used: " + e.getMessage(), e);
    }
  }

  /** Starts a server from the binaries in the jar, as one in production that is not tiny. */
  static Server embedded() {
    EmbeddedPostgres server = null;
    try {
      server =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "on") // off by this server's default
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("full_page_writes", "on")
              .setServerConfig("shared_buffers", "1GB")
              .setServerConfig("max_wal_size", "8GB")
              .setServerConfig("checkpoint_timeout", "15min")
              .setServerConfig("max_connections", "300")
              .start();
      return new Server(server.getJdbcUrl("postgres", "postgres"), server);
    } catch (IOException e) {
      throw new UncheckedIOException("The embedded PostgreSQL can't be started", e);
    } catch (SQLException | RuntimeException e) {
      close(server);
      throw e instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException("The embedded PostgreSQL doesn't answer", e);
    }
  }

  ServerSettings settings() {
    return settings;
  }

  /** Opens a new connection each time. */
  DataSource dataSource() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(url);
    return dataSource;
  }

  /** Gathers the statistics of a schema's tables, and marks what is visible to all. */
  void analyze(String schema) throws SQLException {
    try (Connection connection = dataSource().getConnection()) {
      for (String table : Sql.column(connection, TABLES.replace("${schema}", schema))) {
        Sql.execute(connection, "VACUUM (ANALYZE) " + schema + "." + table);
      }
    }
  }

  /** After many rows were made: nothing of that work is left for what is measured next. */
  void settle(String schema) throws SQLException {
    analyze(schema);
    try (Connection connection = dataSource().getConnection()) {
      Sql.execute(connection, "CHECKPOINT");
    }
  }

  /** Opens a pool that is always full, on a source of connections to this server. */
  static HikariDataSource pool(DataSource source, int connections) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(connections);
    return new HikariDataSource(config);
  }

  private static void dropSchemas(Connection connection) throws SQLException {
    for (String schema : SCHEMAS) {
      Sql.execute(connection, "DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }
  }

  @Override
  public void close() {
    if (embedded != null) {
      close(embedded);
      return;
    }
    try (Connection connection = dataSource().getConnection()) {
      dropSchemas(connection);
    } catch (SQLException e) {
      throw new IllegalStateException("The schemas bench_* can't be dropped", e);
    }
  }

  private static void close(@Nullable EmbeddedPostgres server) {
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException("The embedded PostgreSQL can't be stopped", e);
      }
    }
  }
}
