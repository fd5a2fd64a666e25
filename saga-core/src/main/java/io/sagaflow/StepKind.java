package io.sagaflow;

/** What a step is to backward recovery (Mehrotra et al. 1992, flexible transactions). */
public enum StepKind {
  /** Before the point of no return: undone by its compensation when the saga turns back. */
  COMPENSATABLE,
  /**
   * The point of no return: once it took effect, the saga only goes forward. It may be rejected as
   * long as no earlier attempt is in doubt; else it is retried until it succeeds, or is stuck as a
   * {@link #RETRIABLE} step is.
   */
  PIVOT,
  /**
   * After the pivot: retried until it succeeds. Since the saga can't turn back, it is stuck if the
   * step is rejected, fails with an exception that isn't retried, uses up a policy of its own, or
   * fails when the journal has reached its limit (10,000 records by default).
   */
  RETRIABLE
}
