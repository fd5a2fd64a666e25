package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.LocalTransaction;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaException;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.engine.Payloads.Written;
import io.sagaflow.engine.Room.Place;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.Fact.SagaStarted;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.Lineage;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.TransactionalStore;
import java.time.Instant;
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
    Request<I> request = request(definition, businessKey, input, Optional.empty());
    Place place = world.room().enter();
    try {
      awaitRoom(place, request);
      return start(request);
    } finally {
      world.room().leave(place);
    }
  }

  private void awaitRoom(Place place, Request<?> request) {
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
      throw noAnswer(request, e);
    }
  }

  private SagaId start(Request<?> first) {
    Request<?> request = first;
    for (int i = 0; i < TRIES; i++) {
      StartResult result = tryStart(request);
      if (isFound(result, request)) {
        return result.sagaId();
      }
      request = renewed(request);
    }
    throw noAnswer(request, null);
  }

  private StartResult tryStart(Request<?> first) {
    Request<?> request = first;
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
    throw noAnswer(request, null);
  }

  /**
   * Starts a child, room or not, unless its key has a saga already: then that is the child. It is
   * the parent's owner that starts it, which can't once another node may own the parent: a parent
   * that turns back looks for its child, and one that isn't there must never come.
   */
  <I> void startChild(
      Node owner, SagaDefinition<I> definition, String key, I input, Lineage lineage) {
    Request<I> request = request(definition, key, input, Optional.of(lineage));
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
    Request<I> request = request(definition, businessKey, input, Optional.empty());
    Place place = world.room().enter();
    return let(place, request).whenComplete((id, failure) -> world.room().leave(place));
  }

  /** Who had to wait is let in by another saga's end, and doesn't hold that up. */
  private CompletableFuture<SagaId> let(Place place, Request<?> request) {
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

  private CompletableFuture<SagaId> findAsync(Request<?> request, int tries) {
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

  private CompletableFuture<SagaId> findAgain(Request<?> request, int tries) {
    return tries > 1
        ? findAsync(renewed(request), tries - 1)
        : CompletableFuture.failedFuture(noAnswer(request, null));
  }

  /** Within the caller's transaction: the saga is nobody's, and is claimed when it is committed. */
  <I> JoinedStart join(
      LocalTransaction transaction, SagaDefinition<I> definition, String businessKey, I input) {
    Request<I> request = request(definition, businessKey, input, Optional.empty());
    TransactionalStore store = world.store().transactions().orElseThrow(this::noTransactions);
    NewSaga saga = new NewSaga(request.header(), RecordCodec.write(first(request)));
    JoinedStart joined = store.start(transaction, saga);
    if (!joined.created() && !holdsInput(joined.input(), joined.sagaId(), request)) {
      throw conflict(joined.sagaId(), request);
    }
    return joined;
  }

  private UnsupportedOperationException noTransactions() {
    return new UnsupportedOperationException(
        world.store().getClass().getSimpleName()
            + " can't take part in a transaction: use a store in the database of that transaction,"
            + " such as PostgresSagaStore, or start the saga without a connection.");
  }

  private CompletableFuture<StartResult> tryAsync(Request<?> request, int tries) {
    Node owner = world.lives().node();
    return tryStart(owner, request)
        .exceptionallyCompose(
            failure ->
                Node.isFence(failure) && tries > 1
                    ? onEngine(() -> rejoin(owner))
                        .thenCompose(x -> tryAsync(renewed(request), tries - 1))
                    : CompletableFuture.failedFuture(failureOf(request, failure)));
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

  private <I> Request<I> request(
      SagaDefinition<I> definition, String businessKey, I input, Optional<Lineage> lineage) {
    Texts.requireBusinessKey(requireNonNull(businessKey, "businessKey"));
    Compiled<I> compiled = definitions.require(requireNonNull(definition, "definition"));
    return request(compiled, businessKey, requireNonNull(input, "input"), lineage);
  }

  private <I> Request<I> request(
      Compiled<I> compiled, String businessKey, I input, Optional<Lineage> lineage) {
    SagaHeader header = new SagaHeader(ids.next(), compiled.ref(), businessKey);
    PayloadContext context = PayloadContext.ofInput(header.id());
    Written<I> written = payloads.write(input, compiled.definition().inputType(), context);
    return new Request<>(compiled, header, written, lineage);
  }

  /** The same under another id, to which its payload may be bound. */
  private <I> Request<I> renewed(Request<I> old) {
    return request(old.compiled(), old.header().businessKey(), old.input().value(), old.lineage());
  }

  private record Request<I>(
      Compiled<I> compiled, SagaHeader header, Written<I> input, Optional<Lineage> lineage) {

    @Override
    public String toString() {
      return "saga " + header.businessKey() + " (" + compiled.ref() + ")";
    }
  }

  /**
   * Fails with a fence if the node was fenced. Then the start may have happened nevertheless, and
   * the saga be another's: the next try has another id, so that it finds that saga instead of
   * taking it for its own.
   */
  private <I> CompletableFuture<StartResult> tryStart(Node owner, Request<I> request) {
    JournalRecord first = first(request);
    NewSaga saga = new NewSaga(request.header(), RecordCodec.write(first));
    SagaView<I> view = view(request, first);
    return owner
        .start(saga)
        .whenComplete((started, failure) -> begin(owner, view, saga, started))
        .toCompletableFuture();
  }

  /** Waits for an answer; empty if the node was fenced. */
  private Optional<StartResult> await(CompletableFuture<StartResult> result, Request<?> request) {
    try {
      world.environment().waiting().until(result, world.options().storeTimeout());
      return Optional.of(result.join());
    } catch (TimeoutException e) {
      throw noAnswer(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noAnswer(request, e);
    } catch (CompletionException e) {
      if (Node.isFence(e)) {
        return Optional.empty();
      }
      throw failureOf(request, e);
    }
  }

  private static SagaStoreException failureOf(Request<?> request, Throwable failure) {
    Throwable cause = Node.cause(failure);
    return cause instanceof JournalRefusedException refusal
        ? new JournalRefusedException(
            "The start of " + request + " was refused: " + refusal.getMessage(), refusal)
        : noAnswer(request, cause);
  }

  /**
   * Whether the key's saga is there, and has the same input. One that had the key when it was tried
   * may have been purged since: then the key is free, and the start is tried again.
   */
  private boolean isFound(StartResult result, Request<?> request) {
    if (result.created()) {
      return true;
    }
    Optional<StoredSaga> holder = world.store().load(result.sagaId());
    holder.ifPresent(saga -> requireSameInput(saga, request));
    return holder.isPresent();
  }

  private JournalRecord first(Request<?> request) {
    Instant now = world.now();
    Compiled<?> compiled = request.compiled();
    return new JournalRecord(
        1,
        now,
        new SagaStarted(
            compiled.machine().fingerprint(),
            request.input().payload(),
            compiled.definition().deadline().map(now::plus),
            request.lineage()));
  }

  /** The saga sees its input as the journal has it, and not as the caller may go on changing it. */
  private <I> SagaView<I> view(Request<I> request, JournalRecord first) {
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

  private void requireSameInput(StoredSaga saga, Request<?> request) {
    SagaId existing = saga.header().id();
    boolean same =
        Optional.ofNullable(saga.journal().get(0).payload())
            .map(stored -> holdsInput(stored, existing, request))
            .orElse(false);
    if (!same) {
      throw conflict(existing, request);
    }
  }

  private boolean holdsInput(Payload stored, SagaId existing, Request<?> request) {
    return payloads.holds(stored, request.input().value(), PayloadContext.ofInput(existing));
  }

  private static SagaConflictException conflict(SagaId existing, Request<?> request) {
    return new SagaConflictException(
        "Definition "
            + request.compiled().ref().name()
            + " has saga "
            + existing
            + " for business key '"
            + request.header().businessKey()
            + "', started with another input. Nothing was started: use another key.",
        null,
        existing,
        null);
  }

  private static SagaStoreException noAnswer(Request<?> request, @Nullable Throwable cause) {
    return new SagaStoreException(
        "The store gave no answer to the start of "
            + request
            + ", which may have happened or not: repeat it with the same business key"
            + (cause == null ? "." : ". " + Texts.describe(cause)),
        cause);
  }
}
