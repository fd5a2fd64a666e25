package io.sagaflow.engine;

import io.sagaflow.SagaId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes time-ordered ids: UUID version 7 (RFC 9562), 48 bits of milliseconds, the rest random. */
final class SagaIds {

  private final InstantSource clock;
  private final RandomGenerator random;

  SagaIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** The time that an id was made at, by the clock that made it. */
  static Instant createdAt(SagaId id) {
    return Instant.ofEpochMilli(id.value().getMostSignificantBits() >>> 16);
  }

  SagaId next() {
    long high = (clock.millis() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new SagaId(new UUID(high, low));
  }
}
