package io.sagaflow.benchmarks;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code floor}. */
@Command(
    name = "floor",
    description = {
      "Measures the physical floor: inserts the same journal rows as the engine into tables of the",
      "same shape, without an engine: in batches as large as the engine's commits were, on as many",
      "connections as it has lanes, and in commits of a single row. In turn with the engine; the",
      "figures are medians of the rounds. ratio: engine over floor, journal rows a second. The",
      "engine also writes the sagas' own rows, which the floor doesn't."
    })
final class FloorCommand extends BenchmarkCommand {

  @Mixin private LoadOptions load = new LoadOptions();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds of each; default ${DEFAULT-VALUE}")
  private int rounds;

  private final List<Double> engineRows = new ArrayList<>();
  private final List<Double> floorRows = new ArrayList<>();
  private final List<Double> singleRows = new ArrayList<>();
  private final Table table =
      new Table().row("round", "rows a commit", "engine rows/s", "floor rows/s", "single rows/s");

  FloorCommand(Console console) {
    super(console);
  }

  @Override
  void check() {
    load.check();
    NotUsableException.unlessInRange("--rounds", rounds, 1, 1_000);
  }

  @Override
  Report measure(Server server) throws Exception {
    int connections = load.lanes == null ? Node.LANES_BY_DEFAULT : load.lanes;
    EngineLoad.Sagas sagas = EngineLoad.Sagas.HAPPY_ON_ONE_NODE;
    try (EngineLoad engine = EngineLoad.open(server, "bench_engine", load, sagas);
        Floor floor = new Floor(server, connections);
        Meter meter = new Meter(server, List.of(floor.pool()), new RoundTrips())) {
      engine.warmUp(load.warmUpTime(), progress("warm-up"));
      ClosedLoop.Shape shape = new ClosedLoop.Shape(connections, connections);
      for (int i = 1; i <= rounds; i++) {
        EngineLoad.Measured measured = engine.measure(load.time(), progress("engine " + i));
        int batch = measured.rowsPerCommit();
        JournalRows rows = rows(server);
        Load batches = floor.load(rows, batch);
        Load singles = floor.load(rows, 1);
        LoadResult bulk =
            ClosedLoop.run(shape, batches, load.time(), meter, progress("floor batches " + i));
        LoadResult single =
            ClosedLoop.run(shape, singles, load.time(), meter, progress("floor single rows " + i));
        round(measured.rowsPerSecond(), bulk.perSecond() * batch, single.perSecond(), batch);
      }
    }
    return report(connections);
  }

  private JournalRows rows(Server server) throws Exception {
    try (Connection connection = server.dataSource().getConnection()) {
      List<JournalRow> saga = JournalRows.ofOneSaga(connection, "bench_engine");
      return new JournalRows(saga, load.inFlight);
    }
  }

  private void round(double engine, double floor, double single, int batch) {
    engineRows.add(engine);
    floorRows.add(floor);
    singleRows.add(single);
    table.row(
        Integer.toString(engineRows.size()),
        Figures.text(batch),
        Figures.text(engine),
        Figures.text(floor),
        Figures.text(single));
  }

  private Report report(int connections) {
    Report report = new Report("floor").parameter("rounds", rounds);
    load.tell(report);
    return report
        .parameter("floor_connections", connections)
        .table(table)
        .figure("rows_per_s", Figures.median(engineRows))
        .figure("floor_rows_per_s", Figures.median(floorRows))
        .figure("ratio", Figures.median(engineRows) / Figures.median(floorRows))
        .figure("single_row_commits_per_s", Figures.median(singleRows));
  }
}
