package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StartResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One saga's share of a batch: a start, or an append. Which of the two is what isn't null. */
final class Write {

  private static final int MOST_REPEATS = 10;

  final NodeId owner;
  final SagaId sagaId;
  final @Nullable NewSaga start;
  final @Nullable SagaAppend append;
  private final CompletableFuture<Object> told = new CompletableFuture<>();
  private @Nullable Runnable settled;
  private int repeats;

  private Write(NodeId owner, SagaId sagaId, @Nullable NewSaga start, @Nullable SagaAppend append) {
    this.owner = owner;
    this.sagaId = sagaId;
    this.start = start;
    this.append = append;
  }

  static Write start(NodeId owner, NewSaga saga) {
    return new Write(owner, saga.header().id(), saga, null);
  }

  static Write append(NodeId owner, SagaAppend append) {
    return new Write(owner, append.sagaId(), null, append);
  }

  /** Counts a try that found its key taken, and nobody who has it; says if there may be another. */
  boolean mayBeRepeated() {
    return repeats++ < MOST_REPEATS;
  }

  /** What is done before anybody learns how it went. */
  void whenSettled(Runnable task) {
    settled = task;
  }

  @SuppressWarnings("unchecked") // a start is told a result
  CompletionStage<StartResult> started() {
    return (CompletionStage<StartResult>) (CompletionStage<?>) told;
  }

  @SuppressWarnings("unchecked") // an append is told nothing
  CompletionStage<Void> appended() {
    return (CompletionStage<Void>) (CompletionStage<?>) told;
  }

  @SuppressWarnings("NullAway") // a Void is always null
  void succeed() {
    settle();
    told.complete(null);
  }

  void succeed(StartResult result) {
    settle();
    told.complete(result);
  }

  private void settle() {
    if (settled != null) {
      settled.run();
    }
  }

  void fail(SagaStoreException failure) {
    settle();
    told.completeExceptionally(failure);
  }
}
