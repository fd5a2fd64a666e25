package io.sagaflow.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL server of a run: the user's, or an embedded one that is started for the run and
 * stopped after it. The embedded one writes to the disk as a server in production does.
 */
final class Postgres implements AutoCloseable {

  private final String url;
  private final @Nullable EmbeddedPostgres embedded;

  private Postgres(String url, @Nullable EmbeddedPostgres embedded) {
    this.url = url;
    this.embedded = embedded;
  }

  /** Uses the user's server. */
  static Postgres at(String url) {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "--url begins with jdbc:postgresql:, for example"
              + " jdbc:postgresql://localhost:5432/test?user=me&password=secret");
    }
    return new Postgres(url, null);
  }

  /** Starts a server from the binaries that Maven has brought. */
  static Postgres embedded() throws IOException {
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on") // the default of this server of tests is off
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "200")
            .start();
    return new Postgres(server.getJdbcUrl("postgres", "postgres"), server);
  }

  String url() {
    return url;
  }

  /** Names the server and what makes its commits durable. */
  String describe() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      return "PostgreSQL "
          + Sql.read(connection, "SHOW server_version")
          + (embedded == null ? "" : " (embedded, port " + embedded.getPort() + ")")
          + ", fsync "
          + Sql.read(connection, "SHOW fsync")
          + ", synchronous_commit "
          + Sql.read(connection, "SHOW synchronous_commit");
    }
  }

  /** Opens a pool of connections. */
  static HikariDataSource pool(String url, String name, int connections) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setPoolName(name);
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    return new HikariDataSource(config);
  }

  @Override
  public void close() throws IOException {
    if (embedded != null) {
      embedded.close();
    }
  }
}
