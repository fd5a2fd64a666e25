package io.sagaflow.jdbc;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What became of a call that arrived at a {@link ParticipantBarrier}. Immutable.
 *
 * @param kind what it was found to be
 * @param result what the business returned, now or when the call was done; empty for none
 */
public record Arrival(Kind kind, Optional<String> result) {

  /** What a call was found to be. */
  public enum Kind {
    /** It came for the first time, and the business was done now. */
    DONE,
    /** It was done before: nothing happened now. */
    DUPLICATE,
    /** An action that comes after its compensation: nothing happened, and nothing ever will. */
    SUPPRESSED,
    /** A compensation of an action that hasn't come, and will be suppressed if it does. */
    NOTHING_TO_UNDO
  }

  /** Refuses nulls. */
  public Arrival {
    requireNonNull(kind, "kind");
    requireNonNull(result, "result");
  }
}
