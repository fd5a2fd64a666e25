package io.sagaflow.engine;

import io.sagaflow.SagaEvent;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.SagaStore;
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

  Archive(SagaStore store, Recovery recovery) {
    this.store = store;
    this.recovery = recovery;
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
    } catch (RuntimeException e) { // rows that can't be read still tell how the saga ended
      LOG.debug("Saga {} is shown without its results", saga.header(), e);
      int last = saga.journal().size() - 1;
      Optional<String> reason =
          last < 0 ? Optional.empty() : Optional.ofNullable(saga.journal().get(last).detail());
      return new RawOutcome(sagaId, saga.status(), reason);
    }
  }

  static IllegalArgumentException unknown(SagaId sagaId) {
    return new IllegalArgumentException("The store has no saga " + sagaId + ".");
  }
}
