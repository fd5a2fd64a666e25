package io.sagaflow.testkit.simulation;

import org.jspecify.annotations.Nullable;

/**
 * The first thing found wrong in a run. Noted and not thrown: it is found deep within engine code,
 * which catches everything.
 */
final class Verdict {

  private final Trace trace;
  private @Nullable Violation violation;

  Verdict(Trace trace) {
    this.trace = trace;
  }

  /**
   * A broken promise.
   *
   * @param oracle the name of what found it
   * @param what a sentence
   */
  record Violation(String oracle, String what) {

    @Override
    public String toString() {
      return oracle + ": " + what;
    }
  }

  void violated(String oracle, String what) {
    if (violation == null) {
      violation = new Violation(oracle, what);
      if (trace.isTold()) {
        trace.tell("  WRONG " + violation);
      }
    }
  }

  boolean isWrong() {
    return violation != null;
  }

  @Nullable Violation violation() {
    return violation;
  }
}
