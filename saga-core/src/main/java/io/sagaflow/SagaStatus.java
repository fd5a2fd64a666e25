package io.sagaflow;

/** Where a saga stands as a whole. */
public enum SagaStatus {
  /** Going forward: its actions run, one after the other. */
  RUNNING,
  /** Turned back: the compensations of what may have taken effect run, in reverse order. */
  COMPENSATING,
  /** Ended: every step took effect. */
  COMPLETED,
  /** Ended: everything that may have taken effect and has a compensation was compensated. */
  COMPENSATED,
  /** Waits for an operator; the journal says why. Nothing runs until then. */
  STUCK;

  /**
   * Returns whether the journal is closed: no record may follow.
   *
   * @return true for {@link #COMPLETED} and {@link #COMPENSATED}
   */
  public boolean isTerminal() {
    return switch (this) { // no default: a new status has to answer the question
      case COMPLETED, COMPENSATED -> true;
      case RUNNING, COMPENSATING, STUCK -> false; // an operator may still move a stuck saga
    };
  }

  /**
   * Returns whether the coordinator has nothing left to do on its own.
   *
   * @return true for the terminal statuses and for {@link #STUCK}
   */
  public boolean isSettled() {
    return isTerminal() || this == STUCK;
  }
}
