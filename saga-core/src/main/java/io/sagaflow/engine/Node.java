package io.sagaflow.engine;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of this coordinator in the store: an id, a lease, and the sagas owned under it. A node
 * that is fenced never comes back; the coordinator joins anew with another.
 */
final class Node implements Owner {

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final NodeId id;
  private final World world;
  private final Map<SagaId, SagaActor<?>> actors = new ConcurrentHashMap<>();
  private volatile long renewedAt;
  private volatile boolean lost;
  private final AtomicBoolean fenced = new AtomicBoolean();

  /** Takes the time from before the join was sent. */
  Node(NodeId id, World world, long joinedAt) {
    this.id = id;
    this.world = world;
    this.renewedAt = joinedAt;
  }

  NodeId id() {
    return id;
  }

  void renewed(long sentAt) {
    renewedAt = sentAt;
  }

  @Override
  public boolean isLost() {
    return lost;
  }

  int sagas() {
    return actors.size();
  }

  boolean owns(SagaId sagaId) {
    return actors.containsKey(sagaId);
  }

  void adopt(SagaActor<?> actor, Beginning beginning) {
    actors.put(actor.id(), actor);
    actor.begin(beginning);
    if (lost) { // fenced meanwhile: whoever took the lease has the saga
      actor.lose("The node lost its lease");
    }
  }

  void deliver(StoredCommand command) {
    SagaActor<?> actor = actors.get(command.sagaId());
    if (actor != null) {
      actor.command(command);
    }
  }

  /** Forgets all sagas: another node has them, or will. */
  void lose(String why) {
    lost = true;
    actors.values().forEach(actor -> actor.lose(why));
  }

  /** Interrupts what runs, without blaming it: the outcomes stay open. */
  void abandonCalls(String why) {
    actors.values().forEach(actor -> actor.abandon(why));
  }

  @Override
  public Environment environment() {
    return world.environment();
  }

  @Override
  public EngineOptions options() {
    return world.options();
  }

  @Override
  public Instant now() {
    return world.now();
  }

  @Override
  public Gates gates() {
    return world.gates();
  }

  @Override
  public LockAnswer acquire(SagaId saga, SagaId root, Set<String> keys) {
    return world.store().locks().orElseThrow().acquire(id, saga, root, keys);
  }

  @Override
  public void locksNotNeeded(SagaId saga) {
    world.environment().engine().execute(() -> world.locks().withdraw(saga));
  }

  @Override
  public void locksReleased() {
    world.locks().released();
  }

  @Override
  public Children children() {
    return world.childrenOf(this);
  }

  /** If the parent isn't told, it finds out when it looks by itself. */
  @Override
  public void childEnded(SagaId parent) {
    world.environment().engine().execute(() -> tellParent(parent));
  }

  private void tellParent(SagaId parent) {
    try {
      world.store().post(parent, NewCommand.of(CommandKind.LOOK, "sagaflow", "A child has ended."));
    } catch (SagaStoreException e) {
      LOG.debug("Saga {} isn't told that its child has ended, and finds out later", parent, e);
    }
  }

  @Override
  public boolean mayDispatch() {
    long age = world.environment().nanos().getAsLong() - renewedAt;
    return !lost && world.lives().isOpen() && age < world.options().leaseValidityNanos();
  }

  @Override
  public boolean tryStartCall(SagaActor<?> actor) {
    return mayDispatch() && world.calls().tryStart(actor);
  }

  @Override
  public CompletionStage<Void> append(SagaAppend append) {
    return write(() -> world.store().append(id, append));
  }

  @Override
  public void append(LocalTransaction transaction, SagaAppend append) {
    try {
      transactions().store().append(transaction, id, append);
    } catch (NodeFencedException e) {
      fencedOnce();
      throw e;
    }
  }

  @Override
  public Transactions transactions() {
    return world.transactions();
  }

  CompletionStage<StartResult> start(NewSaga saga) {
    return write(() -> world.store().start(id, saga));
  }

  private <T> CompletionStage<T> write(Supplier<CompletionStage<T>> write) {
    return begun(write)
        .whenComplete(
            (nothing, failure) -> {
              if (isUnsure(failure)) {
                fencedOnce();
              }
            });
  }

  /** Each of its sagas may find out. */
  private void fencedOnce() {
    if (fenced.compareAndSet(false, true)) {
      world.lives().fenced(this);
    }
  }

  private static <T> CompletionStage<T> begun(Supplier<CompletionStage<T>> write) {
    try {
      return write.get();
    } catch (Throwable e) { // a store should fail the stage instead
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void appended(SagaId sagaId, List<StoredRecord> records) {
    world.listeners().tell(sagaId, records);
  }

  @Override
  public void callSettled(SagaActor<?> actor) {
    world.calls().settled(actor);
  }

  @Override
  public void callAbandoned(SagaActor<?> actor) {
    world.calls().abandoned(actor);
  }

  @Override
  public void settled(SagaOutcome outcome) {
    world.watchers().ended(outcome);
  }

  @Override
  public void gone(SagaActor<?> actor) {
    actors.remove(actor.id(), actor);
    world.room().freed();
  }

  @Override
  public void leakEnded(SagaId sagaId, String step) {
    LOG.info("Saga {}: the leaked call of step {} has ended; the saga is sent on", sagaId, step);
    try {
      world
          .store()
          .post(sagaId, NewCommand.of(CommandKind.RETRY, "sagaflow", "The leaked call has ended."));
    } catch (SagaStoreException e) {
      LOG.error("Saga {} stays stuck although its leaked call ended: retry it", sagaId, e);
    }
  }

  static boolean isFence(Throwable failure) {
    return cause(failure) instanceof NodeFencedException;
  }

  /**
   * Whether it isn't known what of a write is in the store. That and a lost lease are one case: the
   * node's sagas are forgotten, and claimed anew from their journals.
   */
  static boolean isUnsure(@Nullable Throwable failure) {
    return failure != null && !(cause(failure) instanceof JournalRefusedException);
  }

  /** What a stage failed with. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
