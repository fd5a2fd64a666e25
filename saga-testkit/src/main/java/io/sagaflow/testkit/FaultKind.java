package io.sagaflow.testkit;

/** What {@link SagaExplorer} does to a saga. */
public enum FaultKind {
  /**
   * The process dies, as by {@code kill -9}: before or after a journal write, before, after or in
   * the middle of a call. Another coordinator resumes the saga.
   */
  CRASH,
  /** The participant definitely rejects the step: no effect. */
  REJECTION,
  /** The call fails and had no effect; the coordinator can't know. */
  FAILURE_BEFORE_EFFECT,
  /** The call had its effect, and its answer is lost. */
  FAILURE_AFTER_EFFECT,
  /** The call throws an {@link Error}, before its effect. */
  ERROR,
  /** The call outlasts its timeout and never has an effect. */
  TIMEOUT_BEFORE_EFFECT,
  /** The call has its effect, but outlasts its timeout. */
  TIMEOUT_AFTER_EFFECT,
  /** The call arrives twice, one right after the other, under the same key. */
  DUPLICATE,
  /** The call arrives once more when the saga has ended. */
  LATE_DUPLICATE,
  /** The call outlasts its timeout, and arrives only when the saga has ended. */
  LATE_REQUEST,
  /** Somebody cancels the saga while the call is under way and has had no effect. */
  CANCEL_BEFORE_EFFECT,
  /** Somebody cancels the saga while the call is under way and has had its effect. */
  CANCEL_AFTER_EFFECT;

  /** Whether the fault may be met by each attempt, and not only by the first. */
  boolean isRepeatable() {
    return switch (this) {
      case FAILURE_BEFORE_EFFECT,
          FAILURE_AFTER_EFFECT,
          TIMEOUT_BEFORE_EFFECT,
          TIMEOUT_AFTER_EFFECT,
          LATE_REQUEST ->
          true;
      case CRASH,
          REJECTION,
          ERROR,
          DUPLICATE,
          LATE_DUPLICATE,
          CANCEL_BEFORE_EFFECT,
          CANCEL_AFTER_EFFECT ->
          false;
    };
  }
}
