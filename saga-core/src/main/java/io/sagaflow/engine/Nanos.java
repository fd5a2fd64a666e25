package io.sagaflow.engine;

import java.time.Duration;

/** Durations as the JDK's waiting methods take them. */
final class Nanos {

  private Nanos() {}

  /** Returns nanoseconds; 292 years for anything longer. */
  static long of(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
