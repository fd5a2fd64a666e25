package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which saga's end. Each has a future of its own, so that one who waits no longer
 * leaves nothing behind. The lists are touched only inside the map's atomic operations, or after
 * they were taken out of it.
 */
final class Watchers {

  private final Map<SagaId, List<CompletableFuture<SagaOutcome>>> waiting =
      new ConcurrentHashMap<>();

  CompletableFuture<SagaOutcome> watch(SagaId sagaId) {
    CompletableFuture<SagaOutcome> future = new CompletableFuture<>();
    waiting.compute(sagaId, (id, futures) -> with(futures, future));
    return future;
  }

  /** Called by one who waits no longer. */
  void forget(SagaId sagaId, CompletableFuture<SagaOutcome> future) {
    waiting.computeIfPresent(sagaId, (id, futures) -> without(futures, future));
  }

  Set<SagaId> watched() {
    return Set.copyOf(waiting.keySet());
  }

  void ended(SagaOutcome outcome) {
    take(outcome.sagaId()).forEach(future -> future.complete(outcome));
  }

  void fail(SagaId sagaId, RuntimeException failure) {
    take(sagaId).forEach(future -> future.completeExceptionally(failure));
  }

  void fail(RuntimeException failure) {
    watched().forEach(sagaId -> fail(sagaId, failure));
  }

  private List<CompletableFuture<SagaOutcome>> take(SagaId sagaId) {
    List<CompletableFuture<SagaOutcome>> futures = waiting.remove(sagaId);
    return futures == null ? List.of() : futures;
  }

  private static List<CompletableFuture<SagaOutcome>> with(
      @Nullable List<CompletableFuture<SagaOutcome>> futures,
      CompletableFuture<SagaOutcome> added) {
    List<CompletableFuture<SagaOutcome>> all = futures == null ? new ArrayList<>() : futures;
    all.add(added);
    return all;
  }

  private static @Nullable List<CompletableFuture<SagaOutcome>> without(
      List<CompletableFuture<SagaOutcome>> futures, CompletableFuture<SagaOutcome> gone) {
    futures.removeIf(each -> each == gone);
    return futures.isEmpty() ? null : futures;
  }
}
