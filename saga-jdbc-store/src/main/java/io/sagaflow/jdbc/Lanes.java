package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sagaflow.SagaId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of a store; each has a slot row of its own, so that no lock has two holders: PostgreSQL
 * would keep their list in a multixact.
 *
 * <p>While few sagas have a write under way the first lane takes all of them: half as many commits
 * cost less than a second lane brings. With more, a saga's lane is found by its id. While a saga
 * has a write under way its others go the same way, so that they keep their order.
 */
final class Lanes implements AutoCloseable {

  /** How many sagas have a write under way when they are spread; measured, see ADR 5. */
  static final int SPREAD_FROM = 100;

  /**
   * How writes are spread, and how long a leader waits for them.
   *
   * @param count how many lanes
   * @param spreadFrom how many sagas have a write under way when a second lane is used
   * @param patience see {@link Gathering}
   */
  record Options(int count, int spreadFrom, Duration patience) {}

  private final int spreadFrom;

  /** Where the writes of a saga go, as long as one is under way. */
  private final Map<SagaId, Way> ways = new ConcurrentHashMap<>();

  /** A lane, and how many writes of a saga it has to settle. */
  private record Way(Lane lane, int writes) {

    Way with(int more) {
      return new Way(lane, writes + more);
    }
  }

  private final List<Lane> lanes = new ArrayList<>();
  private final ScheduledExecutorService watchman =
      Executors.newSingleThreadScheduledExecutor(Lanes::daemon);
  private final ScheduledFuture<?> watch;

  Lanes(Database database, Tables tables, Options options) {
    this.spreadFrom = options.spreadFrom;
    Duration limit = Duration.ofSeconds(Database.STATEMENT_TIMEOUT_SECONDS);
    Overdue overdue = new Overdue(limit, System::nanoTime);
    for (int i = 1; i <= options.count; i++) {
      BatchWriter writer = new BatchWriter(database, tables, overdue, i);
      lanes.add(new Lane(writer, database.server(), new Gathering(options.patience)));
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
    write.whenSettled(() -> ways.compute(write.sagaId(), (saga, way) -> left(way)));
    ways.compute(write.sagaId(), this::entered).lane.submit(write);
  }

  private Way entered(SagaId saga, @Nullable Way way) {
    return way == null ? new Way(choose(saga), 1) : way.with(1);
  }

  private static @Nullable Way left(@Nullable Way way) {
    return way == null || way.writes == 1 ? null : way.with(-1);
  }

  /** The low bits of an id are random; the high ones are its time. */
  private Lane choose(SagaId saga) {
    long bits = saga.value().getLeastSignificantBits();
    boolean few = ways.size() < spreadFrom;
    return lanes.get(few ? 0 : (int) Long.remainderUnsigned(bits, lanes.size()));
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
