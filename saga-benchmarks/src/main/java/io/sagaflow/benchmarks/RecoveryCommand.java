package io.sagaflow.benchmarks;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code recovery}. */
@Command(
    name = "recovery",
    description = {
      "Leaves sagas in flight whose coordinator is gone, each in its second step, and measures how",
      "long a second coordinator of the same node name takes until it has called that step of each",
      "again. The sagas go on meanwhile: all_ended_seconds is when the last step of each was called.",
      "One saga is really left by a coordinator that lost its connections; the others are copies of",
      "its rows."
    })
final class RecoveryCommand extends BenchmarkCommand {

  private static final int MOST_SAGAS = 10_000_000;

  @Option(
      names = "--sagas",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Sagas in flight; default ${DEFAULT-VALUE}")
  private int sagas;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "3",
      description = "Steps of a saga, at least 3; default ${DEFAULT-VALUE}")
  private int steps;

  @Option(
      names = "--in-memory",
      paramLabel = "N",
      description = {
        "How many sagas the coordinator may claim into memory. Default: all of them (the library's",
        "own default is 10,000)"
      })
  private @Nullable Integer inMemory;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      description = "Lanes that write, of the coordinator; default: the store's")
  private @Nullable Integer lanes;

  RecoveryCommand(Console console) {
    super(console);
  }

  @Override
  void check() {
    NotUsableException.unlessInRange("--sagas", sagas, 1, MOST_SAGAS);
    NotUsableException.unlessInRange("--steps", steps, 3, 1_000);
    NotUsableException.unlessInRange("--in-memory", room(), 1, MOST_SAGAS);
    if (lanes != null) {
      NotUsableException.unlessInRange("--lanes", lanes, 1, 16);
    }
  }

  private int room() {
    return inMemory == null ? sagas : inMemory;
  }

  @Override
  Report measure(Server server) throws Exception {
    Recovered recovered =
        Recovered.run(
            server,
            new Node.Place("bench_engine", lanes),
            new Recovered.Task(sagas, steps, room()),
            progress("recovery"));
    return new Report("recovery")
        .parameter("sagas", sagas)
        .parameter("steps", steps)
        .parameter("in_memory", room())
        .parameter("lanes", lanes == null ? "default" : lanes)
        .figure("seconds", recovered.seconds())
        .figure("sagas_per_s", recovered.perSecond())
        .figure("all_ended_seconds", recovered.endedSeconds());
  }
}
