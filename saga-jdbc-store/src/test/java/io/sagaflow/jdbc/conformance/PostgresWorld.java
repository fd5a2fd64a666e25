package io.sagaflow.jdbc.conformance;

import io.sagaflow.SagaStoreException;
import io.sagaflow.jdbc.PostgresSagaStore;
import io.sagaflow.jdbc.SpreadStores;
import io.sagaflow.jdbc.conformance.FateSource.Due;
import io.sagaflow.jdbc.conformance.Traffic.Running;
import io.sagaflow.testkit.database.Exchange;
import io.sagaflow.testkit.database.Fate.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Real stores on a real PostgreSQL. Calls run on threads of their own; that one waits is known from
 * PostgreSQL and not from the time that it takes.
 */
final class PostgresWorld implements World {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(25);
  private static final long GLANCE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final int lanes;
  private final Names names = new Names();
  private final Connection look;
  private final Traffic traffic;
  private final List<FateSource> sources = new ArrayList<>();
  private final List<PostgresSagaStore> stores = new ArrayList<>();

  /** Guarded by this, as what has ended. */
  private final NavigableMap<Integer, Open> open = new TreeMap<>();

  private final List<String> ended = new ArrayList<>();

  /** A step that goes on, on a thread; a write may go on when its thread has ended. */
  private record Open(int client, int lane, boolean writes, Thread thread) {}

  PostgresWorld(DataSource database, String prefix, int lanes) throws SQLException {
    this.lanes = lanes;
    look = database.getConnection();
    traffic = new Traffic(look);
    empty(prefix);
    for (int client = 0; client < CLIENTS; client++) {
      FateSource source = new FateSource(client, database, traffic);
      sources.add(source);
      stores.add(
          SpreadStores.always(PostgresSagaStore.builder())
              .dataSource(source)
              .tablePrefix(prefix)
              .migrate(false)
              .lanes(lanes)
              .build());
    }
  }

  private void empty(String prefix) throws SQLException {
    try (Statement statement = look.createStatement()) {
      statement.execute(
          "TRUNCATE %1$sinstance, %1$sjournal, %1$snode, %1$sinbox".formatted(prefix));
    }
  }

  /** The writes whose threads lead a lane, perhaps for others. */
  synchronized Set<Integer> leaders() {
    Set<Integer> leaders = new HashSet<>();
    open.forEach(
        (step, each) -> {
          if (each.writes() && each.thread().isAlive()) {
            leaders.add(step);
          }
        });
    return leaders;
  }

  @Override
  public Observation take(Step step) {
    try {
      begin(step);
      return settle();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void begin(Step step) throws SQLException {
    if (step.action() instanceof Action.Decide decide) {
      traffic.decide(decide.step());
    } else if (step.action() instanceof Action.Ask ask) {
      begin(step, 0, () -> end(step, ask(step, ask)));
    } else if (step.action() instanceof Action.Write write) {
      int lane = write.lane(lanes);
      if (step.outcome() != Outcome.ANSWERED) {
        sources.get(step.client()).nextBatch(lane, step.outcome(), step.number());
      }
      begin(step, lane, () -> write(step, write));
    }
  }

  /** Of no lane, 0, unless it writes. */
  private void begin(Step step, int lane, Runnable body) {
    Thread thread =
        new Thread(
            () -> {
              FateSource.LANE.set(lane);
              body.run();
            },
            "step-" + step.number());
    thread.setDaemon(true);
    synchronized (this) {
      open.put(step.number(), new Open(step.client(), lane, lane > 0, thread));
    }
    thread.start();
  }

  private String ask(Step step, Action.Ask ask) {
    FateSource.CALL.set(new Due(ask.exchange(), step.outcome(), step.number()));
    try {
      return ask.ask(stores.get(step.client()), names);
    } catch (SagaStoreException e) {
      return SimulatedWorld.tell(e);
    }
  }

  private void write(Step step, Action.Write write) {
    CompletionStage<String> told = write.write(stores.get(step.client()), names);
    told.whenComplete(
        (result, failure) -> end(step, failure == null ? result : SimulatedWorld.tell(failure)));
    traffic.happened();
  }

  private synchronized void end(Step step, String result) {
    open.remove(step.number());
    ended.add(step.number() + " " + result);
    traffic.happened();
  }

  /** Looks until nothing can go on by itself. */
  private Observation settle() throws SQLException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      long before = traffic.events();
      Collection<Running> running = traffic.running();
      Map<Integer, List<Integer>> waits = traffic.lockWaits(running);
      boolean still = waits.size() == running.size() && isStill(running);
      if (still && traffic.events() == before) {
        return observe(traffic.tell(running, waits));
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Something goes on for ever: " + open + ", " + running);
      }
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  /** Whether each step that is open has a statement that waits, or waits for one that has. */
  private synchronized boolean isStill(Collection<Running> running) {
    Set<Thread> waiting = new HashSet<>();
    Set<List<Integer>> batches = new HashSet<>();
    for (Running each : running) {
      waiting.add(each.thread());
      if (each.exchange() == Exchange.BATCH && !each.thread().getName().equals("server")) {
        batches.add(List.of(each.client(), each.lane()));
      }
    }
    for (Open each : open.values()) {
      boolean still =
          waiting.contains(each.thread())
              || waitsForAnotherClaim(each.thread())
              || (each.writes()
                  && !each.thread().isAlive()
                  && batches.contains(List.of(each.client(), each.lane())));
      if (!still) {
        return false;
      }
    }
    return true;
  }

  /** A store claims one at a time. */
  private static boolean waitsForAnotherClaim(Thread thread) {
    if (thread.getState() != Thread.State.BLOCKED) {
      return false;
    }
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 0 && stack[0].getClassName().endsWith(".Claims");
  }

  private synchronized Observation observe(List<String> waits) {
    ended.sort(String::compareTo);
    Observation seen = new Observation(List.copyOf(ended), List.copyOf(open.keySet()), waits);
    ended.clear();
    return seen;
  }

  /** Where a script ends, something may be in doubt still, and what waits for it may follow. */
  private void letEverythingEnd() throws SQLException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (traffic.isBusy() || !isDone()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Something doesn't end: " + open);
      }
      traffic.decideAll();
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  private synchronized boolean isDone() {
    return open.isEmpty();
  }

  @Override
  public void close() {
    try {
      letEverythingEnd();
      stores.forEach(PostgresSagaStore::close);
      look.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
