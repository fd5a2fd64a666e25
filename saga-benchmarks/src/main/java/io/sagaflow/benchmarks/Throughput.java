package io.sagaflow.benchmarks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code throughput}. */
@Command(
    name = "throughput",
    description = {
      "Runs sagas in a closed loop and measures how many end in a second, how long one takes from",
      "its start to its durable end, and what it costs. Participants do nothing, in this process.",
      "commits_per_saga and the others include the coordinators' heartbeats and polls."
    })
final class Throughput extends BenchmarkCommand {

  @Mixin private LoadOptions load = new LoadOptions();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "happy",
      description = {
        "happy: all complete; rollback: the last step is rejected, the ones before it are",
        "compensated; mixed: one of ten rolls back. Default ${DEFAULT-VALUE}"
      })
  private Mode mode = Mode.HAPPY;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "1",
      description = "Coordinators in this process, on one database; default ${DEFAULT-VALUE}")
  private int nodes;

  Throughput(Console console) {
    super(console);
  }

  @Override
  void check() {
    load.check();
    NotUsableException.unlessInRange("--nodes", nodes, 1, 16);
  }

  @Override
  Report measure(Server server) throws Exception {
    EngineLoad.Sagas sagas = new EngineLoad.Sagas(mode, nodes);
    try (EngineLoad engine = EngineLoad.open(server, "bench_engine", load, sagas)) {
      engine.warmUp(load.warmUpTime(), progress("warm-up"));
      EngineLoad.Measured measured = engine.measure(load.time(), progress("throughput"));
      Report report = new Report("throughput").parameter("mode", mode).parameter("nodes", nodes);
      load.tell(report);
      measured.tell(report);
      return report;
    }
  }
}
