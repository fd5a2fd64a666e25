package io.sagaflow.benchmarks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code parked}. */
@Command(
    name = "parked",
    description = {
      "Parks sagas, which wait for a retry that is due in a month, and measures the heap that they",
      "take in the coordinator (run it with -Xmx256m), and how long after a command to a random one",
      "of them its next call begins. The command is a cancel, the call the compensation of the first",
      "step. One saga is parked by the coordinator, the others are copies of its rows."
    })
final class ParkedCommand extends BenchmarkCommand {

  private static final int MOST_SAGAS = 10_000_000;
  private static final int SETTLING_POLLS = 6;

  @Option(
      names = "--sagas",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Parked sagas; default ${DEFAULT-VALUE}")
  private int sagas;

  @Option(
      names = "--commands",
      paramLabel = "N",
      defaultValue = "200",
      description = "Commands, each to another saga; default ${DEFAULT-VALUE}")
  private int commands;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      defaultValue = "20",
      description = "Commands a second; default ${DEFAULT-VALUE}")
  private int perSecond;

  @Option(
      names = "--poll-ms",
      paramLabel = "MS",
      defaultValue = "500",
      description = "The coordinator's poll interval; default ${DEFAULT-VALUE}, the library's")
  private int pollMillis;

  ParkedCommand(Console console) {
    super(console);
  }

  @Override
  void check() {
    NotUsableException.unlessInRange("--sagas", sagas, 2, MOST_SAGAS);
    NotUsableException.unlessInRange("--commands", commands, 1, sagas - 1);
    NotUsableException.unlessInRange("--per-second", perSecond, 1, 10_000);
    NotUsableException.unlessInRange("--poll-ms", pollMillis, 1, 60_000);
  }

  @Override
  Report measure(Server server) throws Exception {
    ParkedSagas.Task task =
        new ParkedSagas.Task(sagas, commands, perSecond, Duration.ofMillis(pollMillis));
    try (ParkedSagas parked = new ParkedSagas(server, task)) {
      settle();
      long before = JvmReading.heapInUse();
      parked.park(progress("parking"));
      settle();
      long after = JvmReading.heapInUse();
      Latencies.Snapshot latency = parked.command(progress("commands"));
      return report(before, after, latency);
    }
  }

  /** Lets the coordinator look a few times at what is there. */
  private void settle() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep((long) SETTLING_POLLS * pollMillis);
  }

  private Report report(long before, long after, Latencies.Snapshot latency) {
    return new Report("parked")
        .parameter("sagas", sagas)
        .parameter("commands", commands)
        .parameter("commands_per_s", perSecond)
        .parameter("poll_ms", pollMillis)
        .parameter("signal", "cancel")
        .figure("heap_bytes_per_saga", Math.max(0, after - before) / (double) sagas)
        .figure("heap_before_bytes", before)
        .figure("heap_bytes", after)
        .figure("p50_ms", latency.p50Millis())
        .figure("p99_ms", latency.p99Millis())
        .figure("max_ms", latency.maxMillis());
  }
}
