package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Who waits for which saga's end. */
final class Watchers {

  private final Map<SagaId, CompletableFuture<SagaOutcome>> futures = new ConcurrentHashMap<>();

  CompletableFuture<SagaOutcome> watch(SagaId sagaId) {
    return futures.computeIfAbsent(sagaId, id -> new CompletableFuture<>());
  }

  Set<SagaId> watched() {
    return Set.copyOf(futures.keySet());
  }

  void ended(SagaOutcome outcome) {
    CompletableFuture<SagaOutcome> future = futures.remove(outcome.sagaId());
    if (future != null) {
      future.complete(outcome);
    }
  }

  void fail(RuntimeException failure) {
    for (SagaId sagaId : watched()) {
      CompletableFuture<SagaOutcome> future = futures.remove(sagaId);
      if (future != null) {
        future.completeExceptionally(failure);
      }
    }
  }
}
