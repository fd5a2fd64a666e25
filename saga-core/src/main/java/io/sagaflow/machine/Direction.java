package io.sagaflow.machine;

/** The two calls that a step knows. */
public enum Direction {
  /** The forward transaction. */
  ACTION,
  /** What undoes it. */
  COMPENSATION
}
