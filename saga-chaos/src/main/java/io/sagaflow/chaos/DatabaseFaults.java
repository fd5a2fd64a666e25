package io.sagaflow.chaos;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;

/** What is done to the journal's database. */
final class DatabaseFaults {

  private static final String TERMINATE =
      """
      SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND application_name <> 'chaos'
      """;

  private final JournalServer journal;
  private final ReentrantLock lock = new ReentrantLock();

  DatabaseFaults(JournalServer journal) {
    this.journal = journal;
  }

  /** Kills all its processes, and starts it on the same data. */
  boolean kill(SplittableRandom random) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      journal.kill();
      Await.pause(random.nextInt(2_000));
      journal.start();
      return true;
    } finally {
      lock.unlock();
    }
  }

  boolean terminateBackends() {
    try (Connection connection = journal.connect()) {
      return Sql.number(connection, TERMINATE) > 0;
    } catch (SQLException e) {
      return false; // it is down
    }
  }
}
