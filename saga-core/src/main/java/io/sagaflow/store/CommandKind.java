package io.sagaflow.store;

/** What can be asked of a saga from outside. Stored in the inbox and in the journal. */
public enum CommandKind {
  /** Turn to compensation, unless the saga waits for an operator. */
  CANCEL,
  /** Go on from where the saga is stuck. */
  RETRY,
  /** Look again for what is waited for: a child has ended. Leaves no record. */
  LOOK,
  /** Undo a child that has completed, since its parent turned back. */
  REVERSE,
  /** A step took effect. */
  MARK_DONE,
  /** A step surely had no effect. */
  MARK_NOT_DONE,
  /** A compensation isn't called. */
  SKIP_COMPENSATION,
  /** Go forward again, although the saga turned back. */
  FORCE_FORWARD,
  /** Turn to compensation, also if the saga waits for an operator. */
  ABORT,
  /** Here is what the saga waits for, or will wait for. */
  SIGNAL
}
