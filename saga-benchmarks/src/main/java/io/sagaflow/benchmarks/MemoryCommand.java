package io.sagaflow.benchmarks;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code memory}. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the engine alone, on the in-memory store, without a database: by JMH how many steps",
      "it takes in a second, once with actions in the calling thread (steps_per_s) and once in the",
      "coordinator's own threads, and how many journal records are written and read back; and in",
      "this process what a saga allocates and how many steps a second of processor time is worth."
    })
final class MemoryCommand implements Callable<Integer> {

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "3",
      description = "Steps of a saga; default ${DEFAULT-VALUE}")
  private int steps;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long each is measured; default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "20",
      description = "How long each runs before that, not counted; default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--forks",
      paramLabel = "N",
      defaultValue = "1",
      description = "JVMs in which JMH measures, 0 for this one; default ${DEFAULT-VALUE}")
  private int forks;

  @Option(names = "--json", description = "End with one line of JSON that says everything")
  private boolean json;

  private final Console console;

  MemoryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    NotUsableException.unlessInRange("--steps", steps, 1, 1_000);
    NotUsableException.unlessInRange("--seconds", seconds, 1, 3_600);
    NotUsableException.unlessInRange("--warm-up", warmUp, 0, 3_600);
    NotUsableException.unlessInRange("--forks", forks, 0, 20);
    Report report =
        new Report("memory")
            .parameter("steps", steps)
            .parameter("round_seconds", seconds)
            .parameter("warm_up_seconds", warmUp)
            .parameter("forks", forks)
            .parameter("sagas_at_once", InMemorySagas.SAGAS_AT_ONCE);
    byJmh(report);
    here(report);
    report.print(console.out(), json);
    return 0;
  }

  private void byJmh(Report report) throws Exception {
    MicroBenchmarks micro =
        new MicroBenchmarks(new MicroBenchmarks.Time(seconds, warmUp, forks), console.err());
    for (InMemorySagas.Actions actions : InMemorySagas.Actions.values()) {
      MicroBenchmarks.Score score = micro.sagas(steps, actions);
      String prefix = actions == InMemorySagas.Actions.CALLER ? "" : "default_threads_";
      report
          .figure(prefix + "steps_per_s", score.perSecond() * steps)
          .figure(prefix + "sagas_per_s", score.perSecond())
          .figure(prefix + "allocated_bytes_per_saga", score.allocatedBytes());
    }
    report.figure("codec_records_per_s", micro.records().perSecond());
  }

  /** JMH doesn't tell the processor time. */
  private void here(Report report) throws Exception {
    InMemorySagas sagas = new InMemorySagas();
    sagas.steps = steps;
    sagas.open();
    try {
      run(sagas, warmUp);
      JvmReading before = JvmReading.now();
      long count = run(sagas, seconds);
      JvmReading used = JvmReading.now().since(before);
      report
          .figure("steps_per_cpu_s", count * steps / (used.cpuNanos() / 1e9))
          .figure("jvm_cpu_us_per_saga", used.cpuNanos() / 1e3 / count);
    } finally {
      sagas.close();
    }
  }

  private static long run(InMemorySagas sagas, int seconds) throws Exception {
    long endsAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long count = 0;
    while (System.nanoTime() < endsAt) {
      count += sagas.sagas().size();
    }
    return count;
  }
}
