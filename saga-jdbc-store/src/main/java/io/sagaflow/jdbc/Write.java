package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One saga's share of a batch: its start, or an append. Which of the two it is, is what isn't null.
 */
final class Write {

  private static final int MOST_REPEATS = 10;

  private final NodeId owner;
  private final SagaId sagaId;
  private final @Nullable NewSaga start;
  private final @Nullable SagaAppend append;
  private final CompletableFuture<StartResult> started = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> appended = new CompletableFuture<>();
  private Runnable settled = () -> {};
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

  NodeId owner() {
    return owner;
  }

  SagaId sagaId() {
    return sagaId;
  }

  @Nullable NewSaga start() {
    return start;
  }

  @Nullable SagaAppend append() {
    return append;
  }

  List<StoredRecord> records() {
    if (start != null) {
      return List.of(start.first());
    }
    return append == null ? List.of() : append.records();
  }

  /** Whether its saga ends with it. */
  boolean ends() {
    return append != null && append.status().map(SagaStatus::isTerminal).orElse(false);
  }

  /** Whether locks may be released with it. */
  boolean unlocks() {
    return append != null && append.release().filter(Release::unlocks).isPresent();
  }

  /** Counts a try that found its key taken, and nobody who has it; says if there may be another. */
  boolean mayBeRepeated() {
    return repeats++ < MOST_REPEATS;
  }

  /** How much its payloads weigh. */
  long bytes() {
    long bytes = 0;
    for (StoredRecord record : records()) {
      Payload payload = record.payload();
      bytes += payload == null ? 0 : payload.size();
    }
    return bytes;
  }

  /** The stage of a start. */
  CompletionStage<StartResult> started() {
    return started;
  }

  /** The stage of an append. */
  @SuppressWarnings("NullAway") // a Void is always null
  CompletionStage<Void> appended() {
    return appended;
  }

  /** Adds to what is done before anybody learns how it went. To be called before it is queued. */
  void whenSettled(Runnable task) {
    Runnable before = settled;
    settled =
        () -> {
          before.run();
          task.run();
        };
  }

  /** Says how a start went. */
  void succeed(StartResult result) {
    settled.run();
    started.complete(result);
  }

  /** Says that an append is durable. */
  void succeed() {
    settled.run();
    appended.complete(null);
  }

  /** Fails whichever stage was given out, without a wrapper around the failure. */
  void fail(SagaStoreException failure) {
    settled.run();
    started.completeExceptionally(failure);
    appended.completeExceptionally(failure);
  }
}
