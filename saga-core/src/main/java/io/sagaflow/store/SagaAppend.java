package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a saga's owner writes at once: records, and what they change about the saga's row.
 *
 * @param sagaId the saga
 * @param records numbered on from the journal's last; may be empty for a mere release
 * @param status the saga's status from now on; empty for no change
 * @param release present if the owner lets go of the saga
 * @param consumed the commands that the records answer; they leave the inbox
 * @param progress whether the saga got somewhere, so that its take-overs are counted from 0 again
 */
public record SagaAppend(
    SagaId sagaId,
    List<StoredRecord> records,
    Optional<SagaStatus> status,
    Optional<Release> release,
    List<Long> consumed,
    boolean progress) {

  /** Copies the lists. */
  public SagaAppend {
    requireNonNull(sagaId, "sagaId");
    requireNonNull(status, "status");
    requireNonNull(release, "release");
    records = List.copyOf(records);
    consumed = List.copyOf(consumed);
  }

  /**
   * Returns whether the saga's row changes, and not only its journal.
   *
   * @return whether it does
   */
  public boolean changesSaga() {
    return status.isPresent() || release.isPresent() || !consumed.isEmpty() || progress;
  }

  /**
   * Returns when the saga ends with this.
   *
   * @return when its last record was written; empty if it doesn't end
   */
  public Optional<Instant> endedAt() {
    return status.filter(SagaStatus::isTerminal).isPresent() && !records.isEmpty()
        ? Optional.of(records.get(records.size() - 1).at())
        : Optional.empty();
  }
}
