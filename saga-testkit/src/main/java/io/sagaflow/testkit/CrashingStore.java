package io.sagaflow.testkit;

import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One node's way to a store, on which the node dies at a given write, a start or an append: either
 * before it is written, or after, before the node learns of it.
 */
final class CrashingStore extends ForwardingStore {

  private final Fates fates;
  private int writes;
  private boolean dead;
  private @Nullable VirtualNode node;

  /** What becomes of a write. */
  enum Fate {
    WRITTEN,
    KILLED_BEFORE,
    KILLED_AFTER
  }

  /** Decides over each write. */
  @FunctionalInterface
  interface Fates {

    /** Says what becomes of a write of this node, counted from 1, with the records it holds. */
    Fate of(int write, List<StoredRecord> records);
  }

  CrashingStore(SagaStore store, int crashAt, boolean written) {
    this(store, (write, records) -> write == crashAt ? killed(written) : Fate.WRITTEN);
  }

  CrashingStore(SagaStore store, Fates fates) {
    super(store);
    this.fates = fates;
  }

  private static Fate killed(boolean written) {
    return written ? Fate.KILLED_AFTER : Fate.KILLED_BEFORE;
  }

  /** Says which node dies. */
  void kills(VirtualNode victim) {
    node = victim;
  }

  int writes() {
    return writes;
  }

  boolean hasCrashed() {
    return dead;
  }

  @Override
  public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
    return write(List.of(saga.first()), () -> super.start(owner, saga));
  }

  @Override
  public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    return write(append.records(), () -> super.append(owner, append));
  }

  private <T> CompletionStage<T> write(
      List<StoredRecord> records, Supplier<CompletionStage<T>> write) {
    if (dead) {
      return new CompletableFuture<>();
    }
    writes++;
    if (node == null) {
      return write.get();
    }
    CompletableFuture<T> never = new CompletableFuture<>(); // nobody is left to be told
    return switch (fates.of(writes, records)) {
      case WRITTEN -> write.get();
      case KILLED_BEFORE -> killedWith(node, never);
      case KILLED_AFTER -> killedWith(node, write.get().thenCompose(result -> never));
    };
  }

  private <T> CompletionStage<T> killedWith(VirtualNode victim, CompletionStage<T> unheard) {
    dead = true;
    victim.kill();
    return unheard;
  }
}
