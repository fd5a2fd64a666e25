package io.sagaflow.benchmarks;

import java.util.concurrent.atomic.AtomicLong;

/** Makes one input after another, each with a key of its own. Thread-safe. */
final class Parcels {

  private final Mode mode;
  private final String padding;
  private final AtomicLong number = new AtomicLong();

  Parcels(Mode mode, int paddingChars) {
    this.mode = mode;
    this.padding = "x".repeat(paddingChars);
  }

  Parcel next() {
    long n = number.incrementAndGet();
    return new Parcel("order-" + n, n % 100_000, mode.rejects(n), padding);
  }
}
