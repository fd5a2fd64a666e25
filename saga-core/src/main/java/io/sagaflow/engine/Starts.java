package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.LocalTransaction;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaException;
import io.sagaflow.SagaId;
import io.sagaflow.engine.Payloads.Written;
import io.sagaflow.engine.Room.Place;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.Lineage;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.TransactionalStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts sagas: checks what is given, makes the start durable, and hands the saga to its actor. */
final class Starts {

  private static final int TRIES = 3;

  private final World world;
  private final Definitions definitions;
  private final Payloads payloads;
  private final SagaIds ids;
  private final ChildStarts childStarts = new ChildStarts();

  Starts(World world, Definitions definitions, Payloads payloads) {
    this.world = world;
    this.definitions = definitions;
    this.payloads = payloads;
    this.ids = new SagaIds(world.environment().clock(), world.environment().random());
  }

  /** Returns the saga that has the key: a new one, or the one that had it already. */
  <I> SagaId start(SagaDefinition<I> definition, String businessKey, I input) {
    StartRequest<I> request = request(definition, businessKey, input, Optional.empty());
    Place place = world.room().enter();
    try {
      awaitRoom(place, request);
      return start(request);
    } finally {
      world.room().leave(place);
    }
  }

  private void awaitRoom(Place place, StartRequest<?> request) {
    try {
      if (!place.entered().isDone()) {
        world.environment().waiting().until(place.entered(), world.options().startPatience());
      }
      place.entered().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof SagaException refusal ? refusal : e;
    } catch (TimeoutException e) {
      throw world.room().overloaded();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw request.noAnswer(e);
    }
  }

  private SagaId start(StartRequest<?> first) {
    StartRequest<?> request = first;
    for (int i = 0; i < TRIES; i++) {
      StartResult result = tryStart(request);
      if (isFound(result, request)) {
        return result.sagaId();
      }
      request = renewed(request);
    }
    throw request.noAnswer(null);
  }

  private StartResult tryStart(StartRequest<?> first) {
    StartRequest<?> request = first;
    for (int i = 0; i < TRIES; i++) {
      world.lives().requireOpen();
      Node owner = world.lives().node();
      Optional<StartResult> result = await(tryStart(owner, request), request);
      if (result.isPresent()) {
        return result.get();
      }
      world.lives().rejoin(owner);
      request = renewed(request);
    }
    world.lives().requireOpen();
    throw request.noAnswer(null);
  }

  /**
   * Starts a child, room or not, unless its key has a saga already: then that is the child. It is
   * the parent's owner that starts it, which can't once another node may own the parent: a parent
   * that turns back looks for its child, and one that isn't there must never come.
   */
  <I> void startChild(
      Node owner, SagaDefinition<I> definition, String key, I input, Lineage lineage) {
    StartRequest<I> request = request(definition, key, input, Optional.of(lineage));
    CompletableFuture<StartResult> answer = tryStart(owner, request);
    childStarts.add(lineage.parent(), key, answer);
    await(answer, request).ifPresent(result -> isFound(result, request));
  }

  /** The starts of children that have no answer. */
  ChildStarts childStarts() {
    return childStarts;
  }

  /** As {@link #start}, for a caller that doesn't wait. */
  <I> CompletableFuture<SagaId> startAsync(
      SagaDefinition<I> definition, String businessKey, I input) {
    StartRequest<I> request = request(definition, businessKey, input, Optional.empty());
    Place place = world.room().enter();
    return let(place, request).whenComplete((id, failure) -> world.room().leave(place));
  }

  /** Who had to wait is let in by another saga's end, and doesn't hold that up. */
  private CompletableFuture<SagaId> let(Place place, StartRequest<?> request) {
    return place.entered().isDone()
        ? place.entered().thenCompose(in -> findAsync(request, TRIES))
        : place
            .entered()
            .thenComposeAsync(
                in -> {
                  world.lives().requireOpen();
                  return findAsync(request, TRIES);
                },
                world.environment().sagas());
  }

  private CompletableFuture<SagaId> findAsync(StartRequest<?> request, int tries) {
    return tryAsync(request, TRIES)
        .thenCompose(
            result ->
                result.created()
                    ? CompletableFuture.completedFuture(result.sagaId())
                    : onEngine(() -> isFound(result, request))
                        .thenCompose(
                            found ->
                                found
                                    ? CompletableFuture.completedFuture(result.sagaId())
                                    : findAgain(request, tries)));
  }

  private CompletableFuture<SagaId> findAgain(StartRequest<?> request, int tries) {
    return tries > 1
        ? findAsync(renewed(request), tries - 1)
        : CompletableFuture.failedFuture(request.noAnswer(null));
  }

  /** Within the caller's transaction: the saga is nobody's, and is claimed when it is committed. */
  <I> JoinedStart join(
      LocalTransaction transaction, SagaDefinition<I> definition, String businessKey, I input) {
    StartRequest<I> request = request(definition, businessKey, input, Optional.empty());
    TransactionalStore store = world.store().transactions().orElseThrow(this::noTransactions);
    NewSaga saga = new NewSaga(request.header(), RecordCodec.write(request.first(world.now())));
    JoinedStart joined = store.start(transaction, saga);
    if (!joined.created() && !holdsInput(joined.input(), joined.sagaId(), request)) {
      throw request.conflict(joined.sagaId());
    }
    return joined;
  }

  private UnsupportedOperationException noTransactions() {
    return new UnsupportedOperationException(
        world.store().getClass().getSimpleName()
            + " can't take part in a transaction: use a store in the database of that transaction,"
            + " such as PostgresSagaStore, or start the saga without a connection.");
  }

  private CompletableFuture<StartResult> tryAsync(StartRequest<?> request, int tries) {
    Node owner = world.lives().node();
    return tryStart(owner, request)
        .exceptionallyCompose(
            failure ->
                Node.isFence(failure) && tries > 1
                    ? onEngine(() -> rejoin(owner))
                        .thenCompose(x -> tryAsync(renewed(request), tries - 1))
                    : CompletableFuture.failedFuture(request.failureOf(failure)));
  }

  /** What asks the store again blocks, and so isn't done where a write has just ended. */
  private <T> CompletableFuture<T> onEngine(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(task, world.environment().engine());
    } catch (RejectedExecutionException e) {
      world.lives().requireOpen();
      throw e;
    }
  }

  private Boolean rejoin(Node owner) {
    world.lives().rejoin(owner);
    world.lives().requireOpen();
    return true;
  }

  private <I> StartRequest<I> request(
      SagaDefinition<I> definition, String businessKey, I input, Optional<Lineage> lineage) {
    Texts.requireBusinessKey(requireNonNull(businessKey, "businessKey"));
    Compiled<I> compiled = definitions.require(requireNonNull(definition, "definition"));
    return request(compiled, businessKey, requireNonNull(input, "input"), lineage);
  }

  private <I> StartRequest<I> request(
      Compiled<I> compiled, String businessKey, I input, Optional<Lineage> lineage) {
    SagaHeader header = new SagaHeader(ids.next(), compiled.ref(), businessKey);
    PayloadContext context = PayloadContext.ofInput(header.id());
    Written<I> written = payloads.write(input, compiled.definition().inputType(), context);
    return new StartRequest<>(compiled, header, written, lineage);
  }

  /** The same under another id, to which its payload may be bound. */
  private <I> StartRequest<I> renewed(StartRequest<I> old) {
    return request(old.compiled(), old.header().businessKey(), old.input().value(), old.lineage());
  }

  /**
   * Fails with a fence if the node was fenced. Then the start may have happened nevertheless, and
   * the saga be another's: the next try has another id, so that it finds that saga instead of
   * taking it for its own.
   */
  private <I> CompletableFuture<StartResult> tryStart(Node owner, StartRequest<I> request) {
    JournalRecord first = request.first(world.now());
    NewSaga saga = new NewSaga(request.header(), RecordCodec.write(first));
    SagaView<I> view = view(request, first);
    return owner
        .start(saga)
        .whenComplete((started, failure) -> begin(owner, view, saga, started))
        .toCompletableFuture();
  }

  /** Waits for an answer; empty if the node was fenced. */
  private Optional<StartResult> await(
      CompletableFuture<StartResult> result, StartRequest<?> request) {
    try {
      world.environment().waiting().until(result, world.options().storeTimeout());
      return Optional.of(result.join());
    } catch (TimeoutException e) {
      throw request.noAnswer(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw request.noAnswer(e);
    } catch (CompletionException e) {
      if (Node.isFence(e)) {
        return Optional.empty();
      }
      throw request.failureOf(e);
    }
  }

  /**
   * Whether the key's saga is there, and has the same input. One that had the key when it was tried
   * may have been purged since: then the key is free, and the start is tried again.
   */
  private boolean isFound(StartResult result, StartRequest<?> request) {
    if (result.created()) {
      return true;
    }
    Optional<StoredSaga> holder = world.store().load(result.sagaId());
    holder.ifPresent(saga -> requireSameInput(saga, request));
    return holder.isPresent();
  }

  /** The saga sees its input as the journal has it, and not as the caller may go on changing it. */
  private <I> SagaView<I> view(StartRequest<I> request, JournalRecord first) {
    Compiled<I> compiled = request.compiled();
    SagaState state = compiled.machine().replay(List.of(first));
    return new SagaView<>(request.header(), compiled, payloads, state, request.input().value());
  }

  /** Runs even if the caller has given up waiting: what was started has to run. */
  private void begin(Node owner, SagaView<?> view, NewSaga saga, @Nullable StartResult result) {
    if (result != null && result.created()) {
      owner.adopt(new SagaActor<>(owner, view, false), Beginning.startedWith(saga.first()));
    }
  }

  private void requireSameInput(StoredSaga saga, StartRequest<?> request) {
    SagaId existing = saga.header().id();
    boolean same =
        Optional.ofNullable(saga.journal().get(0).payload())
            .map(stored -> holdsInput(stored, existing, request))
            .orElse(false);
    if (!same) {
      throw request.conflict(existing);
    }
  }

  private boolean holdsInput(Payload stored, SagaId existing, StartRequest<?> request) {
    return payloads.holds(stored, request.input().value(), PayloadContext.ofInput(existing));
  }
}
