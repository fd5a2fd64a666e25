package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sagaflow.SagaId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;

/**
 * The lanes of a store. A saga has the same one all its life, so that its writes keep their order;
 * each has a slot row of its own, so that no lock has two holders: PostgreSQL would keep their list
 * in a multixact.
 */
final class Lanes implements AutoCloseable {

  private final List<Lane> lanes = new ArrayList<>();
  private final ScheduledExecutorService watchman =
      Executors.newSingleThreadScheduledExecutor(Lanes::daemon);
  private final ScheduledFuture<?> watch;

  Lanes(Database database, Tables tables, int count) {
    Duration limit = Duration.ofSeconds(Database.STATEMENT_TIMEOUT_SECONDS);
    Overdue overdue = new Overdue(limit, System::nanoTime);
    for (int i = 1; i <= count; i++) {
      BatchWriter writer = new BatchWriter(database, tables, overdue, i);
      lanes.add(new Lane(writer, database.server()));
    }
    watch = watchman.scheduleWithFixedDelay(overdue::look, 1, 1, SECONDS);
  }

  private static Thread daemon(Runnable look) {
    Thread thread = new Thread(look, "sagaflow-overdue");
    thread.setDaemon(true);
    return thread;
  }

  /** Queues a write, see {@link Lane#submit}. */
  void submit(Write write) {
    of(write.sagaId()).submit(write);
  }

  /** The low bits of an id are random; the high ones are its time. */
  private Lane of(SagaId saga) {
    return lanes.get(
        (int) Long.remainderUnsigned(saga.value().getLeastSignificantBits(), lanes.size()));
  }

  /** Fails what waits, and waits for the statements under way. */
  @Override
  public void close() {
    lanes.forEach(Lane::stop);
    lanes.forEach(Lane::awaitLeader);
    watch.cancel(false); // last: it ends what they wait for
    watchman.shutdown();
  }
}
