package io.sagaflow.testkit;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredSaga;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A store that a test cuts one node off from: appends wait until it is back, other calls throw. */
final class OutageStore extends ForwardingStore {

  private final List<Waiting<?>> waiting = new ArrayList<>();
  private boolean down;
  private boolean stalled;
  private boolean joinsFail;

  private record Waiting<T>(Supplier<CompletionStage<T>> write, CompletableFuture<T> told) {

    void begin() {
      write
          .get()
          .whenComplete(
              (result, failure) -> {
                if (failure == null) {
                  told.complete(result);
                } else {
                  told.completeExceptionally(failure);
                }
              });
    }
  }

  OutageStore(SagaStore store) {
    super(store);
  }

  void goDown() {
    down = true;
  }

  /** Lets writes wait, while everything else is answered. */
  void stallWrites() {
    stalled = true;
  }

  /** Lets nobody join any more, while everything else is answered. */
  void failJoins() {
    joinsFail = true;
  }

  /** Ends the outage: what waited is written, in the order of the calls. */
  void comeBack() {
    down = false;
    stalled = false;
    joinsFail = false;
    List<Waiting<?>> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Waiting::begin);
  }

  private void ask() {
    failIf(down);
  }

  private static void failIf(boolean cutOff) {
    if (cutOff) {
      throw new SagaStoreException("The store doesn't answer.", null);
    }
  }

  private <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
    if (!down && !stalled) {
      return write.get();
    }
    Waiting<T> added = new Waiting<>(write, new CompletableFuture<>());
    waiting.add(added);
    return added.told();
  }

  @Override
  public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
    return write(() -> super.start(owner, saga));
  }

  @Override
  public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    return write(() -> super.append(owner, append));
  }

  @Override
  public void open() {
    ask();
    super.open();
  }

  @Override
  public NodeId join(String name) {
    failIf(down || joinsFail);
    return super.join(name);
  }

  @Override
  public List<NodeBeat> heartbeat(NodeId self) {
    ask();
    return super.heartbeat(self);
  }

  @Override
  public List<NodeBeat> nodes() {
    ask();
    return super.nodes();
  }

  @Override
  public void evict(NodeId node) {
    ask();
    super.evict(node);
  }

  @Override
  public boolean evictIfSilent(NodeBeat seen) {
    ask();
    return super.evictIfSilent(seen);
  }

  @Override
  public int releaseOrphans(int limit) {
    ask();
    return super.releaseOrphans(limit);
  }

  @Override
  public void leave(NodeId self, Set<SagaId> open) {
    ask();
    super.leave(self, open);
  }

  @Override
  public List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    ask();
    return super.claim(owner, definitions, now, limit);
  }

  @Override
  public Optional<SagaStatus> post(SagaId sagaId, NewCommand command) {
    ask();
    return super.post(sagaId, command);
  }

  @Override
  public List<StoredCommand> commands(NodeId owner, int limit) {
    ask();
    return super.commands(owner, limit);
  }

  @Override
  public Optional<StoredSaga> load(SagaId sagaId) {
    ask();
    return super.load(sagaId);
  }

  @Override
  public Optional<SagaId> find(String definition, String businessKey) {
    ask();
    return super.find(definition, businessKey);
  }

  @Override
  public Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
    ask();
    return super.statuses(sagaIds);
  }

  @Override
  public void close() {
    SagaStoreException closed = new SagaStoreException("The store is closed.", null);
    waiting.forEach(each -> each.told().completeExceptionally(closed));
    waiting.clear();
    super.close();
  }
}
