package io.sagaflow.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The engine under a closed loop of sagas. */
final class EngineLoad implements AutoCloseable {

  private final Server server;
  private final String schema;
  private final Coordinators coordinators;
  private final Meter meter;
  private final LoadOptions options;
  private final Load load;

  private EngineLoad(
      Server server, String schema, Coordinators coordinators, LoadOptions options, Load load)
      throws SQLException {
    this.server = server;
    this.schema = schema;
    this.coordinators = coordinators;
    this.options = options;
    this.load = load;
    this.meter = new Meter(server, coordinators.pools(), coordinators.roundTrips());
  }

  static EngineLoad open(Server server, String schema, LoadOptions options, Sagas sagas)
      throws SQLException {
    Coordinators coordinators =
        Coordinators.open(
            server,
            new Node.Place(schema, options.lanes),
            sagas.nodes(),
            ParcelSaga.ofSteps(options.steps, Participant.IDLE));
    Parcels parcels = new Parcels(sagas.mode(), options.payload);
    Load load = coordinators.load(parcels, options.blocking);
    return new EngineLoad(server, schema, coordinators, options, load);
  }

  /**
   * What runs.
   *
   * @param mode how the sagas end
   * @param nodes on how many coordinators
   */
  record Sagas(Mode mode, int nodes) {

    static final Sagas HAPPY_ON_ONE_NODE = new Sagas(Mode.HAPPY, 1);
  }

  /** Also gathers the tables' statistics, as autovacuum would have within a minute. */
  void warmUp(Duration time, ClosedLoop.Progress progress) throws Exception {
    if (!time.isZero()) {
      ClosedLoop.run(options.warmUpShape(), load, time, meter, progress);
    }
    server.analyze(schema);
  }

  Measured measure(Duration time, ClosedLoop.Progress progress) throws Exception {
    long before = journalRows();
    LoadResult result = ClosedLoop.run(options.shape(), load, time, meter, progress);
    return new Measured(result, journalRows() - before);
  }

  /** Counted by the statistics, which are up to date after the meter has read. */
  private long journalRows() throws SQLException {
    String sql =
        "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'saga_journal'"
            + " AND schemaname = '"
            + schema
            + "'";
    meter.read();
    try (Connection connection = server.dataSource().getConnection()) {
      return Sql.number(connection, sql);
    }
  }

  @Override
  public void close() throws SQLException {
    try {
      coordinators.close();
    } finally {
      meter.close();
    }
  }

  /**
   * What the engine did in a span.
   *
   * @param load the sagas
   * @param rows the journal rows that they wrote
   */
  record Measured(LoadResult load, long rows) {

    double rowsPerSecond() {
      return (double) rows / load.seconds();
    }

    int rowsPerCommit() {
      return (int) Math.max(1, Math.round((double) rows / load.usage().database().commits()));
    }

    void tell(Report report) {
      Usage usage = load.usage();
      report
          .figure("in_flight_reached", load.inFlightReached())
          .figure("sagas_per_s", load.perSecond())
          .figure("p50_ms", load.latency().p50Millis())
          .figure("p99_ms", load.latency().p99Millis())
          .figure("max_ms", load.latency().maxMillis())
          .figure("commits_per_saga", load.commitsEach())
          .figure("round_trips_per_saga", load.each((double) usage.roundTrips()))
          .figure("wal_bytes_per_saga", load.walBytesEach())
          .figure("rows_per_s", rowsPerSecond())
          .figure("rows_per_saga", load.each((double) rows))
          .figure("rows_per_commit", (double) rows / Math.max(1, usage.database().commits()))
          .figure("jvm_cpu_us_per_saga", load.each(usage.jvm().cpuNanos() / 1e3))
          .figure("allocated_bytes_per_saga", load.each((double) usage.jvm().allocatedBytes()))
          .figure("sagas", load.count())
          .figure("seconds", load.seconds());
    }
  }
}
