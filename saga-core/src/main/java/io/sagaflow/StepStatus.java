package io.sagaflow;

/** Where one step of a saga stands, as its journal tells it. */
public enum StepStatus {
  /** No outcome yet. The first pending step of a running saga may have started. */
  PENDING,
  /** An at-most-once action was announced in the journal, and may have run. */
  STARTED,
  /** The action took effect. */
  COMPLETED,
  /** The action was definitely rejected: it had no effect. */
  REJECTED,
  /** The action may have had its effect, or not. */
  UNKNOWN,
  /** The compensation took effect, or found nothing to undo. */
  COMPENSATED,
  /** The compensation's retries are used up; the saga is stuck on it. */
  COMPENSATION_FAILED
}
