package io.sagaflow.testkit.simulation;

import java.util.List;

/** Tells people of a run that failed: what is wrong, how it came to that, how to see it again. */
final class Failure {

  private static final int MOST_LINES = 400;

  private Failure() {}

  /** Shrinks the run and tells the rest of it. */
  static String tell(Run failing) {
    Run smallest = Shrinker.shrink(failing);
    List<String> lines = smallest.lines();
    int from = Math.max(0, lines.size() - MOST_LINES);
    return """
        Seed %d breaks a promise.
          %s
        Shrunk to %d sagas and %d faults, it goes like this:
        %s
        Run it again with
          mvn -B -ntp -pl saga-testkit -am test -Dtest=SimulatorTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Dsagaflow.seed=%d
        """
        .formatted(
            failing.settings().seed(),
            smallest.violation(),
            smallest.sagas(),
            smallest.faults().ids().size(),
            String.join("\n", lines.subList(from, lines.size())),
            failing.settings().seed());
  }
}
