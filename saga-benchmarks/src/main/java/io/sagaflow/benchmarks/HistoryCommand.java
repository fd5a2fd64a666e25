package io.sagaflow.benchmarks;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code history}. */
@Command(
    name = "history",
    description = {
      "Measures throughput and recovery with the journals of ended sagas in the tables, in turn with",
      "tables that began empty; the figures are medians of the rounds. ratio: sagas a second with",
      "history over those without; recovery_ratio: the same of recovery. One saga was really run,",
      "the others of the history are copies of its rows."
    })
final class HistoryCommand extends BenchmarkCommand {

  private static final String EMPTY = "bench_engine";
  private static final String FULL = "bench_history";
  private static final int RECORDS_BESIDE_STEPS = 2;

  @Mixin private LoadOptions load = new LoadOptions();

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10000000",
      description = {
        "Journal rows of ended sagas; each saga has one for each step and two more, and a row of its",
        "own. Default ${DEFAULT-VALUE}"
      })
  private int rows;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds of each; default ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--recovered",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Sagas in flight that are recovered; default ${DEFAULT-VALUE}")
  private int recovered;

  private final List<LoadResult> withHistory = new ArrayList<>();
  private final List<LoadResult> without = new ArrayList<>();
  private final List<Double> recoveryWithHistory = new ArrayList<>();
  private final List<Double> recoveryWithout = new ArrayList<>();

  HistoryCommand(Console console) {
    super(console);
  }

  @Override
  void check() {
    load.check();
    NotUsableException.unlessInRange("--steps", load.steps, 3, 1_000);
    NotUsableException.unlessInRange(
        "--rows", rows, load.steps + RECORDS_BESIDE_STEPS, 1_000_000_000);
    NotUsableException.unlessInRange("--rounds", rounds, 1, 1_000);
    NotUsableException.unlessInRange("--recovered", recovered, 2, 1_000_000);
  }

  private int sagas() {
    return rows / (load.steps + RECORDS_BESIDE_STEPS);
  }

  @Override
  Report measure(Server server) throws Exception {
    fill(server);
    measureThroughput(server);
    measureRecovery(server);
    return report();
  }

  private void fill(Server server) throws Exception {
    SagaDefinition<Parcel> definition = ParcelSaga.ofSteps(load.steps, Participant.IDLE);
    try (Node node =
            Node.open(server, new Node.Place(FULL, null), builder -> builder.register(definition));
        Connection connection = server.dataSource().getConnection()) {
      Parcel parcel = new Parcel("history-0", 1, false, "x".repeat(load.payload));
      SagaHandle one = node.coordinator().start(definition, parcel.orderId(), parcel);
      one.await(Duration.ofMinutes(1));
      CopiedSagas.Series rest = new CopiedSagas.Series("history", sagas() - 1);
      new CopiedSagas(connection, FULL).copy(one.id().value(), rest, progress("history"));
      server.settle(FULL);
    }
  }

  private void measureThroughput(Server server) throws Exception {
    EngineLoad.Sagas happy = EngineLoad.Sagas.HAPPY_ON_ONE_NODE;
    try (EngineLoad empty = EngineLoad.open(server, EMPTY, load, happy);
        EngineLoad full = EngineLoad.open(server, FULL, load, happy)) {
      empty.warmUp(load.warmUpTime(), progress("warm-up without"));
      full.warmUp(load.warmUpTime(), progress("warm-up with"));
      for (int i = 1; i <= rounds; i++) {
        without.add(empty.measure(load.time(), progress("without history " + i)).load());
        withHistory.add(full.measure(load.time(), progress("with history " + i)).load());
      }
    }
  }

  private void measureRecovery(Server server) throws Exception {
    for (int i = 1; i <= rounds; i++) {
      recoveryWithout.add(recover(server, EMPTY, "recovery" + i));
      recoveryWithHistory.add(recover(server, FULL, "recovery" + i));
    }
  }

  private double recover(Server server, String schema, String name) throws Exception {
    Recovered.Task task = new Recovered.Task(recovered, load.steps, recovered);
    return Recovered.run(server, new Node.Place(schema, load.lanes), task, progress(name))
        .perSecond();
  }

  private Report report() {
    Comparison full = Comparison.of(withHistory);
    Comparison empty = Comparison.of(without);
    double recovery = Figures.median(recoveryWithHistory);
    double recoveryOfEmpty = Figures.median(recoveryWithout);
    Report report = new Report("history").parameter("rows", rows).parameter("rounds", rounds);
    load.tell(report);
    return report
        .parameter("history_sagas", sagas())
        .parameter("recovered_sagas", recovered)
        .table(Comparison.table("with", withHistory, "without", without))
        .figure("sagas_per_s", full.perSecond())
        .figure("empty_sagas_per_s", empty.perSecond())
        .figure("ratio", full.perSecond() / empty.perSecond())
        .figure("p50_ms", full.p50Millis())
        .figure("empty_p50_ms", empty.p50Millis())
        .figure("p99_ms", full.p99Millis())
        .figure("empty_p99_ms", empty.p99Millis())
        .figure("recovery_sagas_per_s", recovery)
        .figure("empty_recovery_sagas_per_s", recoveryOfEmpty)
        .figure("recovery_ratio", recovery / recoveryOfEmpty);
  }
}
