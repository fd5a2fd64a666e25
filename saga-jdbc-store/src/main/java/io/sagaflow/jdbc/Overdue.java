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

  /** Of class 08: it may have been committed, and where that counts. */
  static final String RESOLUTION_UNKNOWN = "08007";

  private static final String CANCELLED =
      "A write took too long, and it isn't known whether its cancellation came before its commit,"
          + " or ended its wait for a synchronous standby.";

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

  /**
   * Executes a statement. One that was cancelled and ended nevertheless isn't believed: a server
   * that waits for its synchronous standby ends that wait when it is cancelled, and says that it
   * has committed. The standby may lack the commit; a repetition waits for the standby again.
   *
   * @throws SQLException of class 08 if the statement was cancelled, by this or by others, and
   *     ended nevertheless
   */
  <T> T watch(Statement statement, Execution<T> execution) throws SQLException {
    Running entry = new Running(statement, nanos.getAsLong());
    running.add(entry);
    try {
      T result = execution.run();
      if (entry.cancelled) {
        throw new SQLException(CANCELLED, RESOLUTION_UNKNOWN);
      }
      Database.requireReplicated(statement);
      return result;
    } finally {
      running.remove(entry);
    }
  }

  /** Cancels what is overdue. A driver doesn't cancel a statement that has just ended. */
  void look() {
    long now = nanos.getAsLong();
    for (Running entry : running) {
      if (now - entry.since >= limitNanos) {
        entry.cancelled = true;
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
    private volatile boolean cancelled;

    Running(Statement statement, long since) {
      this.statement = statement;
      this.since = since;
    }
  }
}
