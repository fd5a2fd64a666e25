package io.sagaflow.benchmarks;

import java.time.Duration;

/**
 * What a closed loop has done.
 *
 * @param count how many were begun, all of which have ended
 * @param elapsed from the first begin to the last end
 * @param latency from begin to end
 * @param usage what all of them have cost
 */
record LoadResult(long count, Duration elapsed, Latencies.Snapshot latency, Usage usage) {

  double perSecond() {
    return count / seconds();
  }

  double seconds() {
    return elapsed.toNanos() / 1e9;
  }

  /** How many were in flight on average (Little's law); fewer than wanted if drivers lag. */
  double inFlightReached() {
    return perSecond() * latency.meanMillis() / 1e3;
  }

  double commitsEach() {
    return each((double) usage.database().commits());
  }

  double walBytesEach() {
    return each((double) usage.database().walBytes());
  }

  double each(double amount) {
    return count == 0 ? 0 : amount / count;
  }
}
