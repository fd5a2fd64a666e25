package io.sagaflow.chaos.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * A record as {@code saga_journal} has it, and what the suite's trigger saw when it was written.
 *
 * @param seq its number
 * @param kind its kind
 * @param step the step it is about, or empty text
 * @param committedAt when it was committed, by the database; empty if that isn't known any more
 * @param leased whether its writer held a lease in that very statement
 */
public record RecordRow(
    long seq, String kind, String step, Optional<Instant> committedAt, boolean leased) {

  boolean is(String otherKind) {
    return kind.equals(otherKind);
  }

  boolean is(String otherKind, String otherStep) {
    return is(otherKind) && step.equals(otherStep);
  }
}
