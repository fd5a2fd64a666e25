package io.sagaflow.testkit;

import io.sagaflow.engine.Environment;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** A node's environment, with one thing changed. */
final class Environments {

  private Environments() {}

  static Environment withClock(Environment real, InstantSource clock) {
    return new Environment(
        clock,
        real.nanos(),
        real.random(),
        real.scheduler(),
        real.waiting(),
        real.engine(),
        real.sagas(),
        real.actions(),
        real.shutdown());
  }

  static Environment withActions(Environment real, Executor actions) {
    return new Environment(
        real.clock(),
        real.nanos(),
        real.random(),
        real.scheduler(),
        real.waiting(),
        real.engine(),
        real.sagas(),
        actions,
        real.shutdown());
  }

  static Environment withRandom(Environment real, RandomGenerator random) {
    return new Environment(
        real.clock(),
        real.nanos(),
        random,
        real.scheduler(),
        real.waiting(),
        real.engine(),
        real.sagas(),
        real.actions(),
        real.shutdown());
  }
}
