package io.sagaflow.engine;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaId;
import io.sagaflow.store.CorruptJournalException;
import io.sagaflow.store.StoredRecord;
import java.util.Optional;

/** Shows journal records to users, without their payloads. */
final class Events {

  private Events() {}

  static SagaEvent of(SagaId sagaId, StoredRecord row) {
    return new SagaEvent(
        sagaId,
        row.seq(),
        row.at(),
        kind(sagaId, row),
        Optional.ofNullable(row.step()),
        row.attempt(),
        Optional.ofNullable(row.actor()),
        detail(row));
  }

  private static RecordKind kind(SagaId sagaId, StoredRecord row) {
    try {
      return RecordKind.valueOf(row.kind());
    } catch (IllegalArgumentException e) {
      throw new CorruptJournalException(
          "Record "
              + row.seq()
              + " of saga "
              + sagaId
              + " has the unknown kind "
              + row.kind()
              + ".",
          e,
          sagaId);
    }
  }

  private static Optional<String> detail(StoredRecord row) {
    if (row.detail() != null) {
      return Optional.of(row.detail());
    }
    return Optional.ofNullable(row.actor()).map(actor -> "by " + actor);
  }
}
