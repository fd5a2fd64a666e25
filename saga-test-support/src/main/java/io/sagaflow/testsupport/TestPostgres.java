package io.sagaflow.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.PostgreSQLContainer;

/**
 * The PostgreSQL server of this test run: the one at the url in {@code SAGA_TEST_JDBC_URL} if that
 * is set, otherwise a container where Docker answers, otherwise the embedded binaries. Tests are
 * never skipped for want of a server. Started on first use, once for a JVM.
 */
public final class TestPostgres {

  private static final Logger LOG = LoggerFactory.getLogger(TestPostgres.class);
  private static final String URL_VARIABLE = "SAGA_TEST_JDBC_URL";
  private static final String IMAGE = "postgres:18-alpine";

  private TestPostgres() {}

  /** Holds the server; its class initializer starts it. */
  private static final class Server {

    private static final String URL = start();

    private static String start() {
      String url = System.getenv(URL_VARIABLE);
      if (url != null && !url.isBlank()) {
        LOG.info("Tests use the PostgreSQL that {} names", URL_VARIABLE);
        return url;
      }
      return DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
    }

    @SuppressWarnings("resource") // Testcontainers removes it when the JVM has ended
    private static String container() {
      PostgreSQLContainer<?> container = new PostgreSQLContainer<>(IMAGE);
      container.start();
      LOG.info("Tests use a container of {}", IMAGE);
      return container.getJdbcUrl()
          + "&user="
          + container.getUsername()
          + "&password="
          + container.getPassword();
    }

    private static String embedded() {
      try {
        EmbeddedPostgres server = EmbeddedPostgres.start(); // stops when the JVM ends
        LOG.info("Tests use an embedded PostgreSQL on port {}", server.getPort());
        return server.getJdbcUrl("postgres", "postgres");
      } catch (IOException e) {
        throw new UncheckedIOException("The embedded PostgreSQL can't be started", e);
      }
    }
  }

  /**
   * Creates a database that no other test uses.
   *
   * @return an empty database
   */
  public static Database freshDatabase() {
    String name = "sagaflow_test_" + UUID.randomUUID().toString().replace('-', '_');
    try (Connection connection = DriverManager.getConnection(Server.URL);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("Can't create a database for a test", e);
    }
    return Database.at(withDatabase(Server.URL, name));
  }

  /** Replaces the database in a url: what stands between the last slash and the parameters. */
  static String withDatabase(String url, String name) {
    int parameters = url.indexOf('?');
    String address = parameters < 0 ? url : url.substring(0, parameters);
    String rest = parameters < 0 ? "" : url.substring(parameters);
    return address.substring(0, address.lastIndexOf('/') + 1) + name + rest;
  }
}
