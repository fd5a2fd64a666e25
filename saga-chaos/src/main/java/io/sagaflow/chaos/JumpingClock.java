package io.sagaflow.chaos;

import io.sagaflow.engine.Engine;
import io.sagaflow.engine.Environment;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A node's wall clock, which can be set. The clock of its leases never jumps, as in a real machine.
 */
final class JumpingClock implements InstantSource {

  private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);

  @Override
  public Instant instant() {
    return Instant.now().plus(offset.get());
  }

  void jump(Duration to) {
    offset.set(to);
  }

  /** The real environment, but for the clock: the door that the test kit uses for virtual time. */
  Supplier<Environment> environmentOf(String node) {
    return () -> {
      Environment real = Engine.realEnvironment(node, null);
      return new Environment(
          this,
          real.nanos(),
          real.random(),
          real.scheduler(),
          real.waiting(),
          real.engine(),
          real.sagas(),
          real.actions(),
          real.shutdown());
    };
  }
}
