package io.sagaflow.benchmarks;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Collects how long things took, in microseconds with three digits. Thread-safe. */
final class Latencies {

  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
  private static final int DIGITS = 3;

  private final Recorder recorder = new Recorder(LONGEST_MICROS, DIGITS);
  private final Histogram all = new Histogram(LONGEST_MICROS, DIGITS);

  void record(long nanos) {
    recorder.recordValue(Math.min(LONGEST_MICROS, Math.max(0, nanos / 1_000)));
  }

  /** Takes what was recorded since the last call; for one thread. */
  Snapshot latest() {
    Histogram interval = recorder.getIntervalHistogram();
    all.add(interval);
    return Snapshot.of(interval);
  }

  /** All that was recorded; for the same thread. */
  Snapshot all() {
    latest();
    return Snapshot.of(all);
  }

  /** A distribution of times. */
  record Snapshot(
      long count, double meanMillis, double p50Millis, double p99Millis, double maxMillis) {

    static Snapshot of(Histogram histogram) {
      return new Snapshot(
          histogram.getTotalCount(),
          histogram.getMean() / 1_000.0,
          histogram.getValueAtPercentile(50) / 1_000.0,
          histogram.getValueAtPercentile(99) / 1_000.0,
          histogram.getMaxValue() / 1_000.0);
    }
  }
}
