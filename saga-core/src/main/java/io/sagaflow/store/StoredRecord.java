package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A journal record as a row: what a store keeps, without knowing what it means. {@link RecordCodec}
 * turns it into a {@link JournalRecord} and back; a row that says nothing sensible can be held in
 * it, so one corrupt row harms one saga only.
 *
 * @param seq the record's number in its saga's journal
 * @param at when it was written, in microseconds
 * @param kind the name of a {@link io.sagaflow.RecordKind}
 * @param step the step's name
 * @param attempt the attempt; 0 where the record isn't about one
 * @param code a word from a closed list: a cause, a kind of command, a fingerprint
 * @param detail a sentence for people
 * @param actor who: a node or a person
 * @param due when something is due: a retry, a deadline
 * @param payload an input or a result
 */
public record StoredRecord(
    long seq,
    Instant at,
    String kind,
    @Nullable String step,
    int attempt,
    @Nullable String code,
    @Nullable String detail,
    @Nullable String actor,
    @Nullable Instant due,
    @Nullable Payload payload) {

  /** Refuses nulls where a row always has a value. */
  public StoredRecord {
    requireNonNull(at, "at");
    requireNonNull(kind, "kind");
  }
}
