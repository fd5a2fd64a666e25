package io.sagaflow.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads counters while nothing is in flight, so that a span between two readings is exact. A
 * backend reports its commits about once a second; before a reading each idle connection is made to
 * report. The meter's own commits are taken out; the coordinators' heartbeats and polls stay in.
 */
final class Meter implements Gauge, AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(1);
  private static final String REPORT = "SELECT pg_stat_force_next_flush()";

  private final Connection connection;
  private final List<HikariDataSource> pools;
  private final RoundTrips roundTrips;
  private long ownCommits;
  private long ownRoundTrips;

  Meter(Server server, List<HikariDataSource> pools, RoundTrips roundTrips) throws SQLException {
    this.connection = server.dataSource().getConnection();
    this.pools = List.copyOf(pools);
    this.roundTrips = roundTrips;
  }

  @Override
  public Usage read() throws SQLException {
    long roundTripsBefore = roundTrips.count();
    for (HikariDataSource pool : pools) {
      makeReport(pool);
    }
    ownRoundTrips += roundTrips.count() - roundTripsBefore; // pools test what has been idle
    Sql.execute(connection, REPORT);
    ownCommits++;
    DatabaseReading database = DatabaseReading.of(connection);
    DatabaseReading others =
        new DatabaseReading(database.commits() - ownCommits, database.walBytes());
    ownCommits++; // the reading itself is counted by the next one
    return new Usage(JvmReading.now(), others, roundTrips.count() - ownRoundTrips);
  }

  private void makeReport(HikariDataSource pool) throws SQLException {
    awaitIdle(pool);
    List<Connection> borrowed = new ArrayList<>();
    try {
      int idle = pool.getHikariPoolMXBean().getIdleConnections();
      for (int i = 0; i < idle; i++) {
        borrowed.add(pool.getConnection());
      }
      for (Connection one : borrowed) {
        Sql.execute(one, REPORT);
        ownCommits++;
      }
    } finally {
      for (Connection one : borrowed) {
        one.close();
      }
    }
  }

  /** Whoever has just written the last batch may not have given its connection back yet. */
  private static void awaitIdle(HikariDataSource pool) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (pool.getHikariPoolMXBean().getActiveConnections() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
