package io.sagaflow.engine;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads sagas as the store has them, whoever runs them. */
final class Archive {

  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);

  private final SagaStore store;
  private final Recovery recovery;
  private final EngineOptions options;

  Archive(SagaStore store, Recovery recovery, EngineOptions options) {
    this.store = store;
    this.recovery = recovery;
    this.options = options;
  }

  boolean has(SagaId sagaId) {
    return store.statuses(Set.of(sagaId)).containsKey(sagaId);
  }

  SagaStatus status(SagaId sagaId) {
    return Optional.ofNullable(store.statuses(Set.of(sagaId)).get(sagaId))
        .orElseThrow(() -> unknown(sagaId));
  }

  StoredSaga load(SagaId sagaId) {
    return store.load(sagaId).orElseThrow(() -> unknown(sagaId));
  }

  List<SagaEvent> history(SagaId sagaId) {
    return load(sagaId).journal().stream().map(row -> Events.of(sagaId, row)).toList();
  }

  SagaOutcome outcome(SagaId sagaId) {
    StoredSaga saga = load(sagaId);
    try {
      return new EndedSaga(recovery.read(saga));
    } catch (Throwable e) { // rows that can't be read still tell how the saga ended
      LOG.debug("Saga {} is shown without its results", saga.header(), options.loggable(e));
      return new RawOutcome(sagaId, saga.status(), reason(saga));
    }
  }

  /** Why it is stuck, or has turned, as far as the rows tell. */
  private static Optional<String> reason(StoredSaga saga) {
    RecordKind kind =
        switch (saga.status()) {
          case STUCK -> RecordKind.SAGA_STUCK;
          case COMPENSATING, COMPENSATED -> RecordKind.SAGA_TURNED_BACK;
          case RUNNING, COMPLETED -> null;
        };
    return saga.journal().stream()
        .filter(row -> kind != null && row.kind().equals(kind.name()))
        .reduce((one, later) -> later)
        .map(StoredRecord::detail);
  }

  static IllegalArgumentException unknown(SagaId sagaId) {
    return new IllegalArgumentException(
        "The store has no saga "
            + sagaId
            + ": it has ended and was deleted, or the transaction that starts it isn't committed.");
  }
}
