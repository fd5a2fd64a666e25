package io.sagaflow.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cancels statements that take too long. It looks at all of them from time to time, where {@link
 * Statement#setQueryTimeout} wakes a timer's thread for each, which took up to a tenth of a lone
 * append's time.
 */
final class Overdue {

  private static final Logger LOG = LoggerFactory.getLogger(Overdue.class);

  private final long limitNanos;
  private final LongSupplier nanos;

  /** By identity: nobody knows what a statement of a user's pool makes of {@code equals}. */
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

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
    Running entry = new Running(statement, nanos.getAsLong());
    running.add(entry);
    try {
      return execution.run();
    } finally {
      running.remove(entry);
    }
  }

  /** Cancels what is overdue. A driver doesn't cancel a statement that has just ended. */
  void look() {
    long now = nanos.getAsLong();
    for (Running entry : running) {
      if (now - entry.since >= limitNanos) {
        cancel(entry.statement);
      }
    }
  }

  private static void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException
        | RuntimeException
        | Error e) { // whatever it is, the next look tries again
      LOG.debug("A statement that takes too long couldn't be cancelled", e);
    }
  }

  private static final class Running {
    private final Statement statement;
    private final long since;

    Running(Statement statement, long since) {
      this.statement = statement;
      this.since = since;
    }
  }
}
