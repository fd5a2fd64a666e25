package io.sagaflow.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;

/** What is done to the journal's database, one at a time. */
final class DatabaseFaults {

  private static final int LONGEST_PAUSE_MILLIS = 2_000;

  private static final String TERMINATE =
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND application_name <> 'chaos'
      """;

  private final Databases databases;
  private final JournalServer journal;
  private final ReentrantLock lock = new ReentrantLock();

  DatabaseFaults(Databases databases) {
    this.databases = databases;
    this.journal = databases.journal();
  }

  /** Kills all its processes, and starts it on the same data. */
  boolean kill(SplittableRandom random) throws Exception {
    return alone(
        () -> {
          journal.kill();
          Await.pause(random.nextInt(LONGEST_PAUSE_MILLIS));
          journal.start();
          return true;
        });
  }

  /** Kills the primary for good; the standby takes its place, and gets a standby of its own. */
  boolean promoteStandby() throws Exception {
    return alone(journal::promoteStandby);
  }

  boolean killStandby(SplittableRandom random) throws Exception {
    return alone(() -> journal.killStandby(random.nextInt(LONGEST_PAUSE_MILLIS)));
  }

  boolean killPooler(SplittableRandom random) throws Exception {
    if (databases.pooler().isEmpty()) {
      return false;
    }
    Pooler pooler = databases.pooler().get();
    return alone(
        () -> {
          pooler.kill(random.nextInt(LONGEST_PAUSE_MILLIS));
          return true;
        });
  }

  boolean terminateBackends() {
    try (Connection connection = journal.connect()) {
      return Sql.number(connection, TERMINATE) > 0;
    } catch (SQLException e) {
      return false; // it is down
    }
  }

  /** What changes the servers. */
  @FunctionalInterface
  private interface Change {

    boolean make() throws Exception;
  }

  private boolean alone(Change change) throws Exception {
    lock.lockInterruptibly();
    try {
      return change.make();
    } finally {
      lock.unlock();
    }
  }
}
