package io.sagaflow;

/** What a step is to backward recovery (Mehrotra et al. 1992, flexible transactions). */
public enum StepKind {
  /** Before the point of no return: undone by its compensation when the saga turns back. */
  COMPENSATABLE,
  /** The point of no return: once it took effect, the saga only goes forward. */
  PIVOT,
  /** After the pivot: retried until it succeeds. */
  RETRIABLE
}
