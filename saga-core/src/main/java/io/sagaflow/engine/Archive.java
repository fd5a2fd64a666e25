package io.sagaflow.engine;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.StuckCause;
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
    if (mayBringAProcessDown(saga)) {
      return new RawOutcome(sagaId, saga.status(), reason(saga));
    }
    try {
      return new EndedSaga(recovery.read(saga));
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable e) { // rows that can't be read still tell how the saga ended
      LOG.debug("Saga {} is shown without its results", saga.header(), options.loggable(e));
      return new RawOutcome(sagaId, saga.status(), reason(saga));
    }
  }

  /** Whoever waits for it, on whatever node, isn't to die of its input as those that ran it did. */
  private static boolean mayBringAProcessDown(StoredSaga saga) {
    return saga.status() == SagaStatus.STUCK
        && last(saga, RecordKind.SAGA_STUCK)
            .map(StoredRecord::code)
            .filter(StuckCause.RECOVERED_TOO_OFTEN.name()::equals)
            .isPresent();
  }

  /** Why it is stuck, or has turned, as far as the rows tell. */
  private static Optional<String> reason(StoredSaga saga) {
    RecordKind kind =
        switch (saga.status()) {
          case STUCK -> RecordKind.SAGA_STUCK;
          case COMPENSATING, COMPENSATED -> RecordKind.SAGA_TURNED_BACK;
          case RUNNING, COMPLETED -> null;
        };
    return kind == null ? Optional.empty() : last(saga, kind).map(StoredRecord::detail);
  }

  private static Optional<StoredRecord> last(StoredSaga saga, RecordKind kind) {
    return saga.journal().stream()
        .filter(row -> row.kind().equals(kind.name()))
        .reduce((one, later) -> later);
  }

  static IllegalArgumentException unknown(SagaId sagaId) {
    return new IllegalArgumentException(
        "The store has no saga "
            + sagaId
            + ": it has ended and was deleted, or the transaction that starts it isn't committed.");
  }
}
