package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.Fact.SagaStarted;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredSaga;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Starts sagas: checks what is given, makes the start durable, and hands the saga to its actor. */
final class Starts {

  private static final int TRIES = 3;

  private final World world;
  private final Definitions definitions;
  private final Payloads payloads;
  private final SagaIds ids;

  Starts(World world, Definitions definitions, Payloads payloads) {
    this.world = world;
    this.definitions = definitions;
    this.payloads = payloads;
    this.ids = new SagaIds(world.environment().clock(), world.environment().random());
  }

  /** Returns the saga that has the key: a new one, or the one that had it already. */
  <I> SagaId start(SagaDefinition<I> definition, String businessKey, I input) {
    Texts.requireBusinessKey(requireNonNull(businessKey, "businessKey"));
    Compiled<I> compiled = definitions.require(requireNonNull(definition, "definition"));
    Payload payload = payloads.encode(requireNonNull(input, "input"), definition.inputType());
    Request<I> request = new Request<>(compiled, businessKey, payload);
    for (int i = 0; i < TRIES; i++) {
      world.requireOpen();
      Node owner = world.node();
      Optional<StartResult> result = tryStart(owner, request);
      if (result.isPresent()) {
        if (!result.get().created()) {
          requireSameInput(result.get().sagaId(), request);
        }
        return result.get().sagaId();
      }
      world.rejoin(owner);
    }
    world.requireOpen();
    throw noAnswer(request, null);
  }

  private record Request<I>(Compiled<I> compiled, String businessKey, Payload input) {

    @Override
    public String toString() {
      return "saga " + businessKey + " (" + compiled.ref() + ")";
    }
  }

  /**
   * Empty if the node was fenced. Then the start may have happened nevertheless, and the saga be
   * another's: the next try has another id, so that it finds that saga instead of taking it for its
   * own.
   */
  private <I> Optional<StartResult> tryStart(Node owner, Request<I> request) {
    SagaHeader header = new SagaHeader(ids.next(), request.compiled().ref(), request.businessKey());
    JournalRecord first = first(request);
    NewSaga saga = new NewSaga(header, RecordCodec.write(first));
    SagaView<I> view = view(request, header, first);
    CompletableFuture<StartResult> result =
        owner
            .start(saga)
            .whenComplete((started, failure) -> begin(owner, view, saga, started))
            .toCompletableFuture();
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
      if (e.getCause() instanceof JournalRefusedException refusal) {
        throw new JournalRefusedException(
            "The start of " + request + " was refused: " + refusal.getMessage(), refusal);
      }
      throw noAnswer(request, e.getCause());
    }
  }

  private JournalRecord first(Request<?> request) {
    Instant now = world.now();
    Compiled<?> compiled = request.compiled();
    return new JournalRecord(
        1,
        now,
        new SagaStarted(
            compiled.machine().fingerprint(),
            request.input(),
            compiled.definition().deadline().map(now::plus)));
  }

  /** The saga sees its input as the journal has it, and not as the caller may go on changing it. */
  private <I> SagaView<I> view(Request<I> request, SagaHeader header, JournalRecord first) {
    Compiled<I> compiled = request.compiled();
    I journaled = payloads.decode(request.input(), compiled.definition().inputType());
    SagaState state = compiled.machine().replay(List.of(first));
    return new SagaView<>(header, compiled, payloads, state, journaled);
  }

  /** Runs even if the caller has given up waiting: what was started has to run. */
  private void begin(Node owner, SagaView<?> view, NewSaga saga, @Nullable StartResult result) {
    if (result != null && result.created()) {
      owner.adoptStarted(new SagaActor<>(owner, view, false), saga.first());
    }
  }

  private void requireSameInput(SagaId existing, Request<?> request) {
    StoredSaga saga = world.archive().load(existing);
    boolean same =
        Optional.ofNullable(saga.journal().get(0).payload())
            .map(stored -> payloads.sameValue(stored, request.input()))
            .orElse(false);
    if (!same) {
      throw new SagaConflictException(
          "Definition "
              + request.compiled().ref().name()
              + " has saga "
              + existing
              + " for business key '"
              + request.businessKey()
              + "', started with another input. Nothing was started: use another key.",
          null,
          existing,
          null);
    }
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
