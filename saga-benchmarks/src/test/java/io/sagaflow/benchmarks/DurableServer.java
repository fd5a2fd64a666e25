package io.sagaflow.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An embedded PostgreSQL with fsync on, started on first use, once for a JVM, with which it ends.
 */
final class DurableServer {

  private static final EmbeddedPostgres SERVER = start();

  private DurableServer() {}

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "on")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("The embedded PostgreSQL can't be started", e);
    }
  }

  static String url() {
    return SERVER.getJdbcUrl("postgres", "postgres");
  }
}
