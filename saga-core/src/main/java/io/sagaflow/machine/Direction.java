package io.sagaflow.machine;

/** The calls that a step knows. */
public enum Direction {
  /** Whether the step's action is to run at all. */
  CONDITION,
  /** What became of the action, if its outcome is unknown. */
  PROBE,
  /** The forward transaction. */
  ACTION,
  /** What undoes it. */
  COMPENSATION
}
