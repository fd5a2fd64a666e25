package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.simulation.Verdict.Violation;

/**
 * A run of sagas of one shape - two compensatable steps, of which the second is at-most-once, the
 * pivot, a retriable step, all behind barriers - with a witness. For those who compare the engine
 * with a model of it.
 */
public final class WitnessedRun {

  private WitnessedRun() {}

  /**
   * Runs a seed.
   *
   * @param seed the seed
   * @param witness sees it
   * @throws IllegalStateException if the run breaks a promise
   */
  public static void run(long seed, Witness witness) {
    Violation violation = Simulation.run(Settings.of(seed), witness).violation();
    if (violation != null) {
      throw new IllegalStateException("Seed " + seed + ": " + violation);
    }
  }
}
