package io.sagaflow.store;

/** Why a saga turned to compensation. Stored in the journal. */
public enum TurnCause {
  /** A participant definitely rejected a step. */
  REJECTED,
  /** A step's outcome is unknown: retries used up, a timeout, or a crash. */
  UNKNOWN,
  /** The saga's deadline passed. */
  DEADLINE,
  /** Somebody cancelled the saga. */
  CANCELLED,
  /** The saga had completed as a child, and its parent turned back. */
  REVERSED,
  /** An operator aborted the saga. */
  ABORTED
}
