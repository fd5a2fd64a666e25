package io.sagaflow;

/**
 * The kinds of journal records. The names are stored in the journal and shown in histories; they
 * never change their meaning.
 */
public enum RecordKind {
  /** The saga exists, with its input. Always the first record, and only that. */
  SAGA_STARTED,
  /** Another node, or a new life of this one, took the saga over from one that died. */
  SAGA_RESUMED,
  /** An at-most-once action, or one whose condition holds, is about to be called. */
  STEP_STARTED,
  /** The step's condition doesn't hold: its action is never called. */
  STEP_SKIPPED,
  /** An action took effect; the record holds its result. */
  STEP_COMPLETED,
  /**
   * One attempt of an action failed and left its outcome open, or a probe said that it had none; it
   * is retried.
   */
  ACTION_FAILED,
  /** An action was definitely rejected, and no earlier attempt of it is open. */
  STEP_REJECTED,
  /**
   * An action's retries are used up, or forbidden, and it may have had its effect. Of a step with a
   * probe, the first such record means that the participant is asked, the next that this was given
   * up.
   */
  STEP_UNKNOWN,
  /** A status query gave no answer; the participant is asked again. */
  PROBE_FAILED,
  /** The saga turned to compensation. No action starts after this record. */
  SAGA_TURNED_BACK,
  /** A compensation took effect, or found nothing to undo. */
  STEP_COMPENSATED,
  /** One attempt of a compensation failed; it is retried. */
  COMPENSATION_FAILED,
  /** Every step took effect. The last record. */
  SAGA_COMPLETED,
  /**
   * Everything that may have taken effect and has a compensation was compensated. The last record.
   */
  SAGA_COMPENSATED,
  /** The saga can't go on without an operator. */
  SAGA_STUCK,
  /** An operator sent a stuck saga on. */
  SAGA_RETRIED,
  /** A signal came, perhaps before its step's turn; the record holds its value. */
  SIGNAL_RECEIVED,
  /** An operator said that a step took effect; the record holds the result, if there is one. */
  STEP_MARKED_DONE,
  /** An operator said that a step surely had no effect. */
  STEP_MARKED_NOT_DONE,
  /** An operator decided that a compensation isn't called; its step counts as compensated. */
  COMPENSATION_SKIPPED,
  /** An operator sent a stuck saga that had turned back forward again. */
  SAGA_FORCED_FORWARD,
  /** A command came too late, or didn't fit the saga's status; nothing changed. */
  COMMAND_REFUSED
}
