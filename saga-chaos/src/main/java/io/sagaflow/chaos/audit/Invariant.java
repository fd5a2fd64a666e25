package io.sagaflow.chaos.audit;

/** What every history has to keep. */
public enum Invariant {
  /** A saga that was acknowledged exists, and so does one that had an effect. */
  NONE_IS_LOST,
  /** Every saga ends; one that was poisoned may be stuck instead. */
  EVERY_SAGA_ENDS,
  /** A saga whose action never returns doesn't end: it is stuck, for all to see. */
  POISON_IS_SEEN,
  /** Nothing follows the end. */
  ENDS_ONCE,
  /** A completed saga has each effect exactly once, and none of them undone. */
  COMPLETED_IS_DONE_ONCE,
  /** A compensated saga has no effect left. */
  COMPENSATED_IS_UNDONE,
  /** No action takes effect once its compensation has been there. */
  NO_EFFECT_AFTER_COMPENSATION,
  /** No action begins after the turn was committed. */
  NO_ACTION_AFTER_THE_TURN,
  /** What was done later is undone earlier. */
  COMPENSATED_IN_REVERSE,
  /** The records are numbered from 1 without gaps. */
  NO_GAPS,
  /** Each record may follow those before it. */
  LEGAL_RECORDS,
  /** The stored status is that of the replayed journal. */
  REPLAY_GIVES_THE_STATUS,
  /** Who writes a record holds a lease. */
  ONLY_WITH_A_LEASE,
  /** Each attempt of a call has the same key. */
  ONE_KEY,
  /** An at-most-once action isn't called twice. */
  AT_MOST_ONCE
}
