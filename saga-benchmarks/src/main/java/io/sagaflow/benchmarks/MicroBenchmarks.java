package io.sagaflow.benchmarks;

import java.io.PrintStream;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the micro-benchmarks by JMH, which tells its progress as it is used to. */
final class MicroBenchmarks {

  private static final String ALLOCATION = "gc.alloc.rate.norm";

  private final Time time;
  private final PrintStream progress;

  /**
   * How long is measured.
   *
   * @param seconds iterations of a second
   * @param warmUp iterations of a second before them
   * @param forks how many JVMs, 0 for this one
   */
  record Time(int seconds, int warmUp, int forks) {}

  /**
   * What a benchmark reached.
   *
   * @param perSecond operations
   * @param allocatedBytes of each operation
   */
  record Score(double perSecond, double allocatedBytes) {}

  MicroBenchmarks(Time time, PrintStream progress) {
    this.time = time;
    this.progress = progress;
  }

  /** Sagas on the in-memory store. */
  Score sagas(int steps, InMemorySagas.Actions actions) throws RunnerException {
    return run(
        options(InMemorySagas.class)
            .param("steps", Integer.toString(steps))
            .param("actions", actions.name()));
  }

  /** Journal records, each written as a row and read back. */
  Score records() throws RunnerException {
    return run(options(JournalCodec.class));
  }

  private ChainedOptionsBuilder options(Class<?> benchmark) {
    return new OptionsBuilder()
        .include(benchmark.getName().replace(".", "\\.") + "\\.")
        .warmupIterations(time.warmUp())
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(time.seconds())
        .measurementTime(TimeValue.seconds(1))
        .forks(time.forks())
        .addProfiler(GCProfiler.class);
  }

  private Score run(ChainedOptionsBuilder options) throws RunnerException {
    RunResult result =
        new Runner(
                options.build(),
                OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL))
            .runSingle();
    return new Score(
        result.getPrimaryResult().getScore(), allocation(result.getSecondaryResults()));
  }

  @SuppressWarnings("rawtypes") // as JMH has it
  private static double allocation(Map<String, Result> results) {
    for (Map.Entry<String, Result> result : results.entrySet()) {
      if (result.getKey().endsWith(ALLOCATION)) {
        return result.getValue().getScore();
      }
    }
    throw new IllegalStateException("JMH told no allocation, but " + results.keySet());
  }
}
