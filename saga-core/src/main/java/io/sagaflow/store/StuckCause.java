package io.sagaflow.store;

/** Why a saga waits for an operator. Stored in the journal. */
public enum StuckCause {
  /** A compensation's retries are used up. */
  COMPENSATION_FAILED,
  /** The retries of the pivot, or of a step after it, are used up. */
  FORWARD_FAILED,
  /** A step after the pivot was definitely rejected. */
  REJECTED_AFTER_PIVOT,
  /** An action or compensation ignores its interrupt; nothing may run beside it. */
  CALL_LEAKED,
  /** The journal can't be read, doesn't fit the definition, or can't be written. */
  POISONED,
  /** The steps of the saga's definition changed without a new version. */
  DEFINITION_CHANGED,
  /** The saga was taken over too often without making progress. */
  RECOVERED_TOO_OFTEN
}
