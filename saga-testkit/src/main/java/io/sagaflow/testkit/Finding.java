package io.sagaflow.testkit;

/**
 * Something that is wrong with a run.
 *
 * @param kind in which way
 * @param about the step, effect or invariant that it is about
 * @param sentence what is wrong and what to do, for people
 */
record Finding(FindingKind kind, String about, String sentence) {

  /** Whether another run went wrong in the same way. */
  boolean isLike(Finding other) {
    return kind == other.kind && about.equals(other.about);
  }
}
