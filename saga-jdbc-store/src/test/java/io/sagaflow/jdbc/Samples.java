package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Sagas and records to write, and waiting for stages. */
final class Samples {

  static final DefinitionRef ORDER = new DefinitionRef("place-order", 1);
  static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123456Z");

  private Samples() {}

  static NewSaga saga(String businessKey) {
    return saga(UUID.randomUUID(), businessKey);
  }

  static NewSaga saga(UUID id, String businessKey) {
    return new NewSaga(
        new SagaHeader(new SagaId(id), ORDER, businessKey), record(1, "SAGA_STARTED", "begun"));
  }

  static StoredRecord record(long seq, String kind, String detail) {
    return new StoredRecord(
        seq, NOW, kind, "reserve", 1, null, detail, null, NOW, Payload.ofText("{\"sku\":7}"));
  }

  static SagaAppend append(SagaId sagaId, long seq, String detail) {
    return new SagaAppend(
        sagaId,
        List.of(record(seq, "STEP_COMPLETED", detail)),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        true);
  }

  static SagaAppend ending(SagaId sagaId, long seq) {
    return new SagaAppend(
        sagaId,
        List.of(record(seq, "SAGA_COMPLETED", "")),
        Optional.of(SagaStatus.COMPLETED),
        Optional.of(Release.untilCommand()),
        List.of(),
        true);
  }

  static SagaAppend release(SagaId sagaId, Release release, List<Long> consumed) {
    return new SagaAppend(
        sagaId, List.of(), Optional.empty(), Optional.of(release), consumed, false);
  }

  /** Waits for a stage, and fails loudly when it takes too long. */
  static <T> T await(CompletionStage<T> stage)
      throws ExecutionException, InterruptedException, TimeoutException {
    return stage.toCompletableFuture().get(60, SECONDS);
  }
}
