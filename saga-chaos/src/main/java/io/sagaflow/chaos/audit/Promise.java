package io.sagaflow.chaos.audit;

/**
 * What a client was promised when its start was acknowledged.
 *
 * @param acknowledged whether it was; otherwise the saga was met in the tables
 * @param ending how it may end
 */
public record Promise(boolean acknowledged, Ending ending) {

  /** How a saga may end. */
  public enum Ending {
    /** Completed or compensated. */
    ENDS,
    /** It was poisoned, perhaps too late: stuck is an end, too. */
    MAY_BE_STUCK,
    /** It was poisoned so that it can't end: it has to be seen that it is stuck. */
    IS_STUCK
  }

  /** Of a saga that nobody was told of: it has to end, too. */
  public static final Promise NONE = new Promise(false, Ending.ENDS);
}
