package io.sagaflow.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels statements that take too long. It looks at all of them from time to time, where {@link
 * Statement#setQueryTimeout} wakes a timer's thread for each: 60 to 70 of the 640 microseconds that
 * a lone append took.
 */
final class Overdue {

  private static final Logger LOG = LoggerFactory.getLogger(Overdue.class);

  private final long limitNanos;
  private final LongSupplier nanos;
  private final Map<Statement, Long> running = new ConcurrentHashMap<>();

  Overdue(Duration limit, LongSupplier nanos) {
    this.limitNanos = limit.toNanos();
    this.nanos = nanos;
  }

  /** What executes a statement. */
  @FunctionalInterface
  interface Execution<T> {
    T run() throws SQLException;
  }

  <T> T watch(Statement statement, Execution<T> execution) throws SQLException {
    running.put(statement, nanos.getAsLong());
    try {
      return execution.run();
    } finally {
      running.remove(statement);
    }
  }

  /** Cancels what is overdue. A driver doesn't cancel a statement that has just ended. */
  void look() {
    long now = nanos.getAsLong();
    running.forEach(
        (statement, since) -> {
          if (now - since >= limitNanos) {
            cancel(statement);
          }
        });
  }

  private static void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException
        | RuntimeException e) { // no connection for it, say; the next look tries again
      LOG.debug("A statement that takes too long couldn't be cancelled", e);
    }
  }
}
