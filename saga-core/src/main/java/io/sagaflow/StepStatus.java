package io.sagaflow;

/** Where one step of a saga stands, as its journal tells it. */
public enum StepStatus {
  /**
   * No outcome yet. In a running saga it may have started if the steps before it are done, unless
   * it is at-most-once or has a condition.
   */
  PENDING,
  /** An at-most-once action, or one whose condition holds, was announced, and may have run. */
  STARTED,
  /** The action took effect. */
  COMPLETED,
  /** The step's condition didn't hold: its action was never called, and never will be. */
  SKIPPED,
  /** The action was definitely rejected: it had no effect. */
  REJECTED,
  /** The action may have had its effect, or not. */
  UNKNOWN,
  /** The compensation took effect, or found nothing to undo. */
  COMPENSATED,
  /** The compensation's retries are used up; the saga is stuck on it. */
  COMPENSATION_FAILED
}
