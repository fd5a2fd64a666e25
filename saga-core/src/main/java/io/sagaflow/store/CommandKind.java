package io.sagaflow.store;

/** What can be asked of a saga from outside. Stored in the inbox and in the journal. */
public enum CommandKind {
  /** Turn to compensation. */
  CANCEL,
  /** Go on from where the saga is stuck. */
  RETRY,
  /** Look again for what is waited for: a child has ended. Leaves no record. */
  LOOK,
  /** Undo a child that has completed, since its parent turned back. */
  REVERSE
}
