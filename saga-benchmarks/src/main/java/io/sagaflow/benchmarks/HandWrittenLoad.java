package io.sagaflow.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The hand-written saga under a closed loop; each saga in flight has a thread. */
final class HandWrittenLoad implements AutoCloseable {

  private final Server server;
  private final HandWritten sagas;
  private final LoadOptions options;
  private final Load load;
  private final Meter meter;

  private HandWrittenLoad(Server server, HandWritten sagas, LoadOptions options, Parcels parcels)
      throws SQLException {
    this.server = server;
    this.sagas = sagas;
    this.options = options;
    this.load = sagas.load(parcels);
    this.meter = new Meter(server, List.of(sagas.pool()), new RoundTrips());
  }

  static HandWrittenLoad open(Server server, LoadOptions options, int connections, Parcels parcels)
      throws SQLException {
    HandWritten sagas = new HandWritten(server, options.steps, connections);
    return new HandWrittenLoad(server, sagas, options, parcels);
  }

  /** Also gathers the tables' statistics, as autovacuum would have within a minute. */
  void warmUp(ClosedLoop.Progress progress) throws Exception {
    if (options.warmUp > 0) {
      int threads = options.warmUpShape().inFlight();
      ClosedLoop.Shape warming = new ClosedLoop.Shape(threads, threads);
      ClosedLoop.run(warming, load, options.warmUpTime(), meter, progress);
    }
    server.analyze(HandWritten.SCHEMA);
  }

  LoadResult measure(Duration time, ClosedLoop.Progress progress) throws Exception {
    return ClosedLoop.run(options.blockingShape(), load, time, meter, progress);
  }

  @Override
  public void close() throws SQLException {
    sagas.close();
    meter.close();
  }
}
