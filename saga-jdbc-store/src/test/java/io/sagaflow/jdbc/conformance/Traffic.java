package io.sagaflow.jdbc.conformance;

import io.sagaflow.testkit.database.Exchange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What runs on PostgreSQL's connections, and what is held open there. Thread-safe. */
final class Traffic {

  private static final String LOCK_WAITS =
      """
      SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity
      WHERE pid = ANY (?) AND wait_event_type = 'Lock' AND state = 'active'
      """;

  private static final long GLANCE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final Connection look;
  private final Map<Integer, Running> running = new ConcurrentHashMap<>();
  private final Map<Integer, Held> held = new ConcurrentHashMap<>();
  private final Map<Connection, Integer> pids = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> clientOf = new ConcurrentHashMap<>();

  /** Counts whatever happens, so that who looks twice sees whether anything did. */
  private final AtomicLong events = new AtomicLong();

  /** A statement under way. */
  record Running(int client, int lane, Exchange exchange, Thread thread, int pid) {}

  /** A transaction that was executed, and waits for its end. */
  private record Held(Connection connection, boolean commits) {}

  Traffic(Connection look) {
    this.look = look;
  }

  long events() {
    return events.get();
  }

  void happened() {
    events.incrementAndGet();
  }

  /** Notes whose connection this is now, and tells its backend. */
  int lent(int client, Connection connection) throws SQLException {
    Connection bare = connection.unwrap(Connection.class);
    Integer known = pids.get(bare);
    int pid = known == null ? pid(bare) : known;
    pids.put(bare, pid);
    clientOf.put(pid, client);
    return pid;
  }

  private static int pid(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pg_backend_pid()")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  void begins(Running statement) {
    running.put(statement.pid(), statement);
    happened();
  }

  void ends(int pid) {
    running.remove(pid);
    happened();
  }

  Collection<Running> running() {
    return List.copyOf(running.values());
  }

  void hold(int step, Connection connection, boolean commits) {
    held.put(step, new Held(connection, commits));
    happened();
  }

  /** Ends what a step left in doubt. If its statement failed, nothing is left of it. */
  void decide(int step) throws SQLException {
    Held transaction = held.remove(step);
    if (transaction != null) {
      try (Connection connection = transaction.connection()) {
        if (transaction.commits()) {
          connection.commit();
        } else {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    }
  }

  void decideAll() throws SQLException {
    for (int step : List.copyOf(held.keySet())) {
      decide(step);
    }
  }

  /** Waits until a server thread has executed its statement, or waits for a lock. */
  void awaitStandstill(Thread server, int pid) throws SQLException {
    Running statement = running.get(pid);
    while (server.isAlive()
        && statement != null
        && !lockWaits(List.of(statement)).containsKey(pid)) {
      LockSupport.parkNanos(GLANCE_NANOS);
    }
  }

  /** Which backends wait for a lock that somebody holds, and whose. */
  synchronized Map<Integer, List<Integer>> lockWaits(Collection<Running> statements)
      throws SQLException {
    Map<Integer, List<Integer>> waits = new HashMap<>();
    if (statements.isEmpty()) {
      return waits;
    }
    try (PreparedStatement query = look.prepareStatement(LOCK_WAITS)) {
      query.setArray(
          1, look.createArrayOf("int4", statements.stream().map(Running::pid).toArray()));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          List<Integer> blockers = List.of((Integer[]) rows.getArray(2).getArray());
          // Without a blocker it was granted, and the backend wakes up; others are autovacuum's.
          if (!blockers.isEmpty() && clientOf.keySet().containsAll(blockers)) {
            waits.put(rows.getInt(1), blockers);
          }
        }
      }
    }
    return waits;
  }

  /** Tells waits as the simulation does. */
  List<String> tell(Collection<Running> statements, Map<Integer, List<Integer>> waits) {
    List<String> told = new ArrayList<>();
    for (Running each : statements) {
      Stream<Integer> blockers = waits.getOrDefault(each.pid(), List.of()).stream();
      List<Integer> clients = List.copyOf(new TreeSet<>(blockers.map(clientOf::get).toList()));
      told.add("client " + each.client() + " " + each.exchange() + " for " + clients);
    }
    told.sort(String::compareTo);
    return told;
  }

  boolean isBusy() {
    return !running.isEmpty() || !held.isEmpty();
  }
}
