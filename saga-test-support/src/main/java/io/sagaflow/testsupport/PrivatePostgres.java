package io.sagaflow.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An embedded PostgreSQL of one test, which may stop it and start it again with its data, on the
 * same port. For one thread.
 */
public final class PrivatePostgres implements AutoCloseable {

  private final Path data;
  private final int port;
  private @Nullable EmbeddedPostgres server;

  /** Chooses a port and a directory; nothing is started. */
  public PrivatePostgres() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
      data = Files.createTempDirectory("sagaflow-postgres-");
    } catch (IOException e) {
      throw new UncheckedIOException("No room for a PostgreSQL server", e);
    }
  }

  /** Starts the server. */
  public void start() {
    try {
      server =
          EmbeddedPostgres.builder()
              .setPort(port)
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("The embedded PostgreSQL can't be started", e);
    }
  }

  /** Stops the server, which breaks all connections. Its data stay. */
  public void stop() {
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException("The embedded PostgreSQL can't be stopped", e);
      }
      server = null;
    }
  }

  /**
   * Returns the server's database, which may be down.
   *
   * @return where the server is or will be
   */
  public Database database() {
    return Database.at("jdbc:postgresql://localhost:" + port + "/postgres?user=postgres");
  }

  @Override
  public void close() {
    stop();
  }
}
