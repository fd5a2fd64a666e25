package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaListener;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact.SagaStarted;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.Payload;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredSaga;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator: joins the store as a node, starts sagas, claims those that are due, and carries
 * what is asked to their actors.
 *
 * <p>Two loops run beside the sagas: the heartbeat renews the lease and watches other nodes, the
 * poll claims due sagas and reads inboxes. Each runs one round at a time. A node that lost its
 * lease is replaced by a new one; {@link #node} is always the latest.
 */
public final class Engine implements SagaCoordinator, World {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int CLAIM_AT_ONCE = 200;
  private static final int COMMANDS_AT_ONCE = 500;
  private static final int JOINS_PER_START = 3;
  private static final Duration INTERRUPTED_DRAIN = Duration.ofSeconds(1);

  private enum Phase {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final SagaStore store;
  private final Environment environment;
  private final EngineOptions options;
  private final Definitions definitions;
  private final Payloads payloads;
  private final SagaIds ids;
  private final Recovery recovery;
  private final Membership membership;
  private final Listeners listeners;
  private final Watchers watchers = new Watchers();
  private final RunningCalls calls = new RunningCalls();
  private volatile Phase phase = Phase.OPEN;
  private volatile Node node;

  /**
   * What a coordinator is given.
   *
   * @param store keeps the sagas
   * @param definitions what it can run
   * @param codec writes payloads
   * @param listeners learn what happens
   */
  public record Parts(
      SagaStore store,
      Collection<SagaDefinition<?>> definitions,
      PayloadCodec codec,
      List<SagaListener> listeners) {}

  private Engine(Parts parts, EngineOptions options, Environment environment) {
    this.store = parts.store();
    this.environment = environment;
    this.options = options;
    this.definitions = new Definitions(parts.definitions(), options.limits().journalRecords());
    this.payloads = new Payloads(parts.codec(), options.limits().payloadBytes());
    this.ids = new SagaIds(environment.clock(), environment.random());
    this.recovery = new Recovery(definitions, payloads, options);
    this.membership = new Membership(store, environment, options);
    this.listeners = new Listeners(parts.listeners());
    this.node = join();
  }

  /**
   * Opens the store, joins it and begins to work.
   *
   * @param parts what the coordinator is given
   * @param options how it works
   * @param environment time, chance and threads
   * @return the coordinator
   * @throws SagaStoreException if the store can't be reached or doesn't fit
   */
  public static Engine start(Parts parts, EngineOptions options, Environment environment) {
    try {
      parts.store().open();
      Engine engine = new Engine(parts, options, environment);
      engine.membership.freeOrphans();
      engine.beatLater();
      environment.engine().execute(engine::poll);
      LOG.info(
          "Coordinator {} started: definitions {}, {}",
          options.nodeName(),
          engine.definitions.refs(),
          options);
      return engine;
    } catch (RuntimeException e) {
      environment.shutdown().run();
      throw e;
    }
  }

  /**
   * The default codec, Jackson's JSON.
   *
   * @return the codec
   */
  public static PayloadCodec defaultCodec() {
    return new JacksonPayloadCodec();
  }

  /**
   * The real environment.
   *
   * @param nodeName names its threads
   * @param actions runs user code; null for threads of the engine's own
   * @return the environment
   */
  public static Environment realEnvironment(String nodeName, @Nullable Executor actions) {
    return Threads.environment(nodeName, actions);
  }

  @Override
  public <I> SagaHandle start(SagaDefinition<I> definition, String businessKey, I input) {
    requireNonNull(definition, "definition");
    requireNonNull(businessKey, "businessKey");
    requireNonNull(input, "input");
    requireOpen();
    Texts.requireBusinessKey(businessKey);
    Compiled<I> compiled = definitions.require(definition);
    Payload payload = payloads.encode(input, definition.inputType());
    I journaled = payloads.decode(payload, definition.inputType());
    SagaHeader header = new SagaHeader(ids.next(), compiled.ref(), businessKey);
    Instant now = now();
    SagaStarted fact =
        new SagaStarted(
            compiled.machine().plan().fingerprint(), payload, definition.deadline().map(now::plus));
    JournalRecord first = new JournalRecord(1, now, fact);
    SagaState state = compiled.machine().replay(List.of(first));
    SagaView<I> view = new SagaView<>(header, compiled, payloads, state, journaled);
    StartResult result = startDurably(view, new NewSaga(header, RecordCodec.write(first)));
    if (!result.created()) {
      requireSameInput(result.sagaId(), header, payload);
    }
    return new EngineHandle(this, result.sagaId());
  }

  private StartResult startDurably(SagaView<?> view, NewSaga saga) {
    for (int i = 0; i < JOINS_PER_START; i++) {
      Node owner = node;
      try {
        return store
            .start(owner.id(), saga)
            .whenComplete((result, failure) -> started(owner, view, saga, result))
            .toCompletableFuture()
            .get(options.storeTimeout().toNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        if (!Node.isFence(e.getCause())) {
          throw storeFailure(saga, e.getCause());
        }
        fenced(owner);
        requireOpen();
      } catch (TimeoutException e) {
        throw storeFailure(saga, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw storeFailure(saga, e);
      }
    }
    throw storeFailure(saga, null);
  }

  /** Runs even if the caller has given up waiting: what was started has to run. */
  private void started(Node owner, SagaView<?> view, NewSaga saga, @Nullable StartResult result) {
    if (result != null && result.created()) {
      listeners.tell(Events.of(saga.header().id(), saga.first()));
      owner.adopt(new SagaActor<>(owner, view, false), List.of(), List.of());
    }
  }

  private static SagaStoreException storeFailure(NewSaga saga, @Nullable Throwable cause) {
    return new SagaStoreException(
        "The store gave no answer to the start of "
            + saga.header()
            + ", which may have happened or not: repeat it with the same business key"
            + (cause == null ? "." : ". " + Texts.describe(cause)),
        cause);
  }

  private void requireSameInput(SagaId existing, SagaHeader header, Payload input) {
    StoredSaga saga = load(existing);
    boolean same =
        Optional.ofNullable(saga.journal().get(0).payload())
            .map(stored -> payloads.sameValue(stored, input))
            .orElse(false);
    if (!same) {
      throw new SagaConflictException(
          "Definition "
              + header.definition().name()
              + " has saga "
              + existing
              + " for business key '"
              + header.businessKey()
              + "', started with another input."
              + " Nothing was started: use another key.",
          null,
          existing,
          null);
    }
  }

  @Override
  public Optional<SagaHandle> find(SagaId sagaId) {
    requireNonNull(sagaId, "sagaId");
    return store.statuses(Set.of(sagaId)).containsKey(sagaId)
        ? Optional.of(new EngineHandle(this, sagaId))
        : Optional.empty();
  }

  @Override
  public Optional<SagaHandle> find(String definition, String businessKey) {
    requireNonNull(definition, "definition");
    requireNonNull(businessKey, "businessKey");
    return store.find(definition, businessKey).map(id -> new EngineHandle(this, id));
  }

  @Override
  public List<SagaEvent> history(SagaId sagaId) {
    requireNonNull(sagaId, "sagaId");
    return load(sagaId).journal().stream().map(row -> Events.of(sagaId, row)).toList();
  }

  SagaStatus status(SagaId sagaId) {
    SagaStatus status = store.statuses(Set.of(sagaId)).get(sagaId);
    if (status == null) {
      throw unknown(sagaId);
    }
    return status;
  }

  @Override
  public void cancel(SagaId sagaId, String by, String reason) {
    post(sagaId, CommandKind.CANCEL, by, reason);
  }

  @Override
  public void retry(SagaId sagaId, String by, String reason) {
    post(sagaId, CommandKind.RETRY, by, reason);
  }

  private void post(SagaId sagaId, CommandKind kind, String by, String reason) {
    requireNonNull(sagaId, "sagaId");
    Texts.requireActor(requireNonNull(by, "by"));
    Texts.requireReason(requireNonNull(reason, "reason"));
    requireOpen();
    if (store.post(sagaId, kind, by, reason).isEmpty()) {
      throw unknown(sagaId);
    }
    environment.engine().execute(this::attend);
  }

  /** A stage that completes when the saga is settled, wherever it runs. */
  CompletableFuture<SagaOutcome> watch(SagaId sagaId) {
    CompletableFuture<SagaOutcome> future = watchers.watch(sagaId);
    if (phase != Phase.OPEN) {
      watchers.fail(closed());
    } else if (!node.owns(sagaId)) {
      environment.engine().execute(() -> lookAtWatched(Set.of(sagaId)));
    }
    return future;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (phase != Phase.OPEN) {
        return;
      }
      phase = Phase.CLOSING;
    }
    LOG.info("Coordinator {} stops; {} sagas in memory", options.nodeName(), node.sagas());
    calls.await(options.drain());
    node.interruptCalls("The coordinator is being closed");
    calls.await(INTERRUPTED_DRAIN);
    handOver();
    phase = Phase.CLOSED;
    watchers.fail(closed());
    store.close();
    environment.shutdown().run();
    LOG.info("Coordinator {} stopped", options.nodeName());
  }

  private void handOver() {
    Set<SagaId> open = calls.snapshot();
    if (!open.isEmpty()) {
      LOG.warn("Calls of {} sagas still run; their outcomes are open", open.size());
    }
    try {
      store.leave(node.id(), open);
    } catch (SagaStoreException e) {
      LOG.warn("The store didn't take the sagas back; others claim them after the lease", e);
    }
    node.lose("The coordinator was closed");
  }

  private Node join() {
    long sentAt = environment.nanos().getAsLong();
    return new Node(store.join(options.nodeName()), this, sentAt);
  }

  @Override
  public void fenced(Node fenced) {
    fenced.lose("The node lost its lease");
    environment.engine().execute(() -> rejoin(fenced));
  }

  /**
   * Joins anew, unless another process has taken the name: two of a name would fence each other.
   */
  private synchronized void rejoin(Node fenced) {
    if (node != fenced || phase != Phase.OPEN) {
      return;
    }
    try {
      if (store.nodes().stream().map(NodeBeat::name).anyMatch(options.nodeName()::equals)) {
        phase = Phase.CLOSED;
        LOG.error(
            "Another process joined as node {}: this coordinator stops. Give each process a"
                + " nodeName of its own.",
            options.nodeName());
        watchers.fail(closed());
        return;
      }
      node = join();
      LOG.warn("Node {} had lost its lease and joined anew", options.nodeName());
    } catch (SagaStoreException e) {
      LOG.warn("Node {} can't join anew yet: {}", options.nodeName(), e.getMessage());
    }
  }

  private void beatLater() {
    environment.scheduler().schedule(options.beat(), this::beat);
  }

  private void beat() {
    if (phase == Phase.CLOSED) {
      return;
    }
    Node current = node;
    try {
      if (current.isLost()) {
        rejoin(current);
      } else {
        membership.beat(current);
      }
    } catch (NodeFencedException e) {
      fenced(current);
    } catch (SagaStoreException e) {
      LOG.warn("Node {} can't renew its lease: {}", options.nodeName(), e.getMessage());
    } finally {
      beatLater();
    }
  }

  private void poll() {
    if (phase == Phase.CLOSED) {
      return;
    }
    try {
      claimDue();
      attend();
      lookAtWatched(watchers.watched());
    } catch (NodeFencedException e) {
      fenced(node);
    } catch (SagaStoreException e) {
      LOG.warn("Node {} can't ask for due sagas: {}", options.nodeName(), e.getMessage());
    } finally {
      environment.scheduler().schedule(options.poll(), this::poll);
    }
  }

  private void claimDue() {
    Node current = node;
    int room = roomIn(current);
    while (current.mayDispatch() && room > 0) {
      int limit = Math.min(room, CLAIM_AT_ONCE);
      List<ClaimedSaga> claimed = store.claim(current.id(), definitions.refs(), now(), limit);
      claimed.forEach(saga -> recovery.resume(current, saga));
      room = claimed.size() < limit ? 0 : roomIn(current);
    }
  }

  private int roomIn(Node current) {
    return options.limits().inMemory() - current.sagas();
  }

  /** Carries the commands for this node's sagas to their actors. */
  private void attend() {
    if (phase == Phase.OPEN && !node.isLost()) {
      Node current = node;
      store.commands(current.id(), COMMANDS_AT_ONCE).forEach(current::deliver);
    }
  }

  /** Asks the store about watched sagas that run elsewhere. */
  private void lookAtWatched(Set<SagaId> watched) {
    List<SagaId> elsewhere = watched.stream().filter(id -> !node.owns(id)).toList();
    if (elsewhere.isEmpty() || phase != Phase.OPEN) {
      return;
    }
    Map<SagaId, SagaStatus> statuses = store.statuses(elsewhere);
    statuses.forEach(
        (id, status) -> {
          if (status.isSettled()) {
            store.load(id).ifPresent(saga -> watchers.ended(outcome(saga)));
          }
        });
  }

  private SagaOutcome outcome(StoredSaga saga) {
    try {
      return new EndedSaga(recovery.read(saga));
    } catch (RuntimeException e) { // rows that can't be read still tell how the saga ended
      LOG.debug("Saga {} is shown without its results", saga.header(), e);
      int last = saga.journal().size() - 1;
      Optional<String> reason =
          last < 0 ? Optional.empty() : Optional.ofNullable(saga.journal().get(last).detail());
      return new RawOutcome(saga.header().id(), saga.status(), reason);
    }
  }

  private StoredSaga load(SagaId sagaId) {
    return store.load(sagaId).orElseThrow(() -> unknown(sagaId));
  }

  private static IllegalArgumentException unknown(SagaId sagaId) {
    return new IllegalArgumentException("The store has no saga " + sagaId + ".");
  }

  private void requireOpen() {
    if (phase != Phase.OPEN) {
      throw closed();
    }
  }

  private CoordinatorClosedException closed() {
    return new CoordinatorClosedException(
        "Coordinator " + options.nodeName() + " is closed; its sagas go on elsewhere.");
  }

  private Instant now() {
    return environment.clock().instant().truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public SagaStore store() {
    return store;
  }

  @Override
  public Environment environment() {
    return environment;
  }

  @Override
  public EngineOptions options() {
    return options;
  }

  @Override
  public Listeners listeners() {
    return listeners;
  }

  @Override
  public Watchers watchers() {
    return watchers;
  }

  @Override
  public RunningCalls calls() {
    return calls;
  }

  @Override
  public boolean isClosing() {
    return phase != Phase.OPEN;
  }
}
