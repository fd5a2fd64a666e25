package io.sagaflow.testkit;

import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One node's way to a store, on which the node dies at a given write, a start or an append: either
 * before it is written, or after, before the node learns of it.
 */
final class CrashingStore extends ForwardingStore {

  private final int crashAt;
  private final boolean written;
  private int writes;
  private boolean dead;
  private @Nullable VirtualNode node;

  CrashingStore(SagaStore store, int crashAt, boolean written) {
    super(store);
    this.crashAt = crashAt;
    this.written = written;
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
    return write(() -> super.start(owner, saga));
  }

  @Override
  public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    return write(() -> super.append(owner, append));
  }

  private <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
    if (dead) {
      return new CompletableFuture<>();
    }
    writes++;
    if (writes != crashAt || node == null) {
      return write.get();
    }
    CompletableFuture<T> never = new CompletableFuture<>(); // nobody is left to be told
    CompletionStage<T> unheard = written ? write.get().thenCompose(result -> never) : never;
    dead = true;
    node.kill();
    return unheard;
  }
}
