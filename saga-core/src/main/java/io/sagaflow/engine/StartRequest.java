package io.sagaflow.engine;

import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.engine.Payloads.Written;
import io.sagaflow.store.Fact.SagaStarted;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.Lineage;
import io.sagaflow.store.SagaHeader;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A saga that somebody wants to have started, and what they are told if it isn't.
 *
 * @param compiled what it follows
 * @param header which saga it will be
 * @param input its input, as it was given and as the journal will have it
 * @param lineage whose child it is; empty for nobody's
 */
record StartRequest<I>(
    Compiled<I> compiled, SagaHeader header, Written<I> input, Optional<Lineage> lineage) {

  /** The first record of its journal. */
  JournalRecord first(Instant now) {
    return new JournalRecord(
        1,
        now,
        new SagaStarted(
            compiled.machine().fingerprint(),
            input.payload(),
            compiled.definition().deadline().map(now::plus),
            lineage));
  }

  /** What a start that failed means for its caller. */
  SagaStoreException failureOf(Throwable failure) {
    Throwable cause = Node.cause(failure);
    return cause instanceof JournalRefusedException refusal
        ? new JournalRefusedException(
            "The start of " + this + " was refused: " + refusal.getMessage(), refusal)
        : noAnswer(cause);
  }

  SagaStoreException noAnswer(@Nullable Throwable cause) {
    return new SagaStoreException(
        "The store gave no answer to the start of "
            + this
            + ", which may have happened or not: repeat it with the same business key"
            + (cause == null ? "." : ". " + Texts.describe(cause)),
        cause);
  }

  SagaConflictException conflict(SagaId existing) {
    return new SagaConflictException(
        "Definition "
            + compiled.ref().name()
            + " has saga "
            + existing
            + " for business key '"
            + header.businessKey()
            + "', started with another input. Nothing was started: use another key.",
        null,
        existing,
        null);
  }

  @Override
  public String toString() {
    return "saga " + header.businessKey() + " (" + compiled.ref() + ")";
  }
}
