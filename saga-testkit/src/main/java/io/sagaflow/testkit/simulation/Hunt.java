package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.simulation.Verdict.Violation;

/** Runs seeds until one fails. For callers of another class loader: it speaks in strings. */
public final class Hunt {

  private Hunt() {}

  /**
   * Runs one seed after the other until one fails.
   *
   * @param firstSeed the first seed
   * @param maxSeeds how many at most
   * @param millis how long at most, of real time
   * @return seed, oracle, what is wrong, and how many sagas were run; or empty if nothing failed
   */
  public static String[] hunt(long firstSeed, long maxSeeds, long millis) {
    long until = System.nanoTime() + millis * 1_000_000;
    long sagas = 0;
    for (long seed = firstSeed; seed - firstSeed < maxSeeds; seed++) {
      if (System.nanoTime() > until) {
        break;
      }
      Run run = Simulation.run(Settings.of(seed));
      sagas += run.sagas();
      Violation violation = run.violation();
      if (violation != null) {
        return new String[] {
          Long.toString(seed), violation.oracle(), violation.what(), Long.toString(sagas)
        };
      }
    }
    return new String[0];
  }
}
