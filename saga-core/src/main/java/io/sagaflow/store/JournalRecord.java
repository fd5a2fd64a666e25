package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * One numbered fact in a saga's journal.
 *
 * @param seq the number, from 1 without gaps, given by the saga's owner
 * @param at when the owner wrote it, by the owner's clock, in microseconds
 * @param fact what it says
 */
public record JournalRecord(long seq, Instant at, Fact fact) {

  /** Refuses nulls and numbers below 1. */
  public JournalRecord {
    requireNonNull(at, "at");
    requireNonNull(fact, "fact");
    if (seq < 1) {
      throw new IllegalArgumentException("seq must be at least 1; got " + seq);
    }
  }
}
