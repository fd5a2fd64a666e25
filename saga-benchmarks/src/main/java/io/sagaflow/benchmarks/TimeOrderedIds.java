package io.sagaflow.benchmarks;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Ids as the engine makes them, UUID version 7: random ones would cost an index page each. */
final class TimeOrderedIds {

  private TimeOrderedIds() {}

  static UUID next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (System.currentTimeMillis() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low);
  }
}
