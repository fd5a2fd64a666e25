package io.sagaflow.chaos.audit;

import java.time.Instant;

/**
 * What a participant entered in its ledger, in the transaction of its business.
 *
 * @param step whose call it was
 * @param kind what came of it
 * @param at when, by the ledger's clock, while it held the step's lock
 */
public record EffectRow(String step, Kind kind, Instant at) {

  /** What came of a call. */
  public enum Kind {
    /** An action took effect. */
    DONE,
    /** A compensation took an effect back. */
    UNDONE,
    /** A compensation came, and there was nothing to take back. */
    NOTHING_TO_UNDO
  }

  boolean isAction() {
    return kind == Kind.DONE;
  }
}
