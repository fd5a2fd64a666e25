package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.LocalTransaction;
import io.sagaflow.PayloadCodec;
import io.sagaflow.PurgePolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaListener;
import io.sagaflow.SagaOperator;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStoreException;
import io.sagaflow.StepKey;
import io.sagaflow.TransactionRunner;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.SagaStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator: joins the store as a node, claims sagas that are due, and carries what is asked
 * to their actors.
 *
 * <p>Two loops run beside the sagas: the heartbeat renews the lease and watches other nodes, the
 * poll claims due sagas and reads inboxes. Each runs one round at a time. A node that lost its
 * lease is replaced by a new one; {@link #node} is always the latest.
 */
public final class Engine extends StoredSagas implements World {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final int CLAIM_AT_ONCE = 1_000;
  private static final int COMMANDS_AT_ONCE = 500;
  private static final Duration INTERRUPTED_DRAIN = Duration.ofSeconds(1);

  private enum Phase {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final SagaStore store;
  private final Environment environment;
  private final EngineOptions options;
  private final Recovery recovery;
  private final Archive archive;
  private final Starts starts;
  private final Inboxes inboxes;
  private final Signaller signaller;
  private final Membership membership;
  private final Listeners listeners;
  private final Optional<Transactions> transactions;
  private final Watchers watchers = new Watchers();
  private final ExpectedSagas expected;
  private final Lookout lookout;
  private final OpenCalls calls = new OpenCalls();
  private final Gates gates;
  private final Room room;
  private final Locks locks;
  private final AtomicBoolean attentionAsked = new AtomicBoolean();
  private volatile Phase phase = Phase.OPEN;
  private volatile Node node;

  /**
   * What a coordinator is given.
   *
   * @param store keeps the sagas
   * @param definitions what it can run
   * @param codec writes payloads
   * @param listeners learn what happens
   * @param purge which ended sagas are deleted in the background; empty for none
   * @param transactions runs those of transactional steps; null for the store's own
   */
  public record Parts(
      SagaStore store,
      Collection<SagaDefinition<?>> definitions,
      PayloadCodec codec,
      List<SagaListener> listeners,
      Optional<PurgePolicy> purge,
      @Nullable TransactionRunner transactions) {}

  private Engine(Parts parts, EngineOptions options, Environment environment) {
    super(parts, options, environment);
    this.store = parts.store();
    this.environment = environment;
    this.options = options;
    Payloads payloads = new Payloads(parts.codec(), options.limits().payloadBytes());
    this.recovery = new Recovery(definitions, shapes, payloads, options);
    this.archive = new Archive(store, recovery, options);
    this.membership = new Membership(store, environment, options, this::attendSoon);
    this.listeners = new Listeners(parts.listeners(), options);
    this.transactions = Transactions.of(store, parts.transactions());
    this.expected = new ExpectedSagas(environment, this::claimExpected);
    this.lookout = new Lookout(this, expected);
    this.locks = new Locks(this, definitions);
    this.gates = new Gates(definitions.all(), environment);
    this.node = join();
    this.room = new Room(options, environment.scheduler(), () -> node().sagas());
    this.starts = new Starts(this, definitions, payloads);
    this.inboxes = new Inboxes(this, definitions, payloads);
    this.signaller = new Signaller(this, inboxes);
  }

  /**
   * Opens the store, joins it and begins to work.
   *
   * @param parts what the coordinator is given
   * @param options how it works
   * @param environment time, chance and threads
   * @return the coordinator
   * @throws SagaStoreException if the store can't be reached or doesn't fit
   * @throws IllegalArgumentException if a definition needs transactions or locks, and the store has
   *     none
   */
  public static Engine start(Parts parts, EngineOptions options, Environment environment) {
    try {
      Transactions.requireFor(parts.definitions(), parts.store());
      Locks.requireFor(parts.definitions(), parts.store());
      parts.store().open();
      Engine engine = new Engine(parts, options, environment);
      engine.membership.freeOrphans();
      engine.beatLater();
      environment.engine().execute(engine::poll);
      environment.engine().execute(() -> engine.asking(engine::reportUnrunnable));
      parts.purge().ifPresent(engine::purgeInTheBackground);
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
    requireOpen();
    return new EngineHandle(this, starts.start(definition, businessKey, input));
  }

  @Override
  public <I> CompletionStage<SagaHandle> startAsync(
      SagaDefinition<I> definition, String businessKey, I input) {
    requireOpen();
    return starts
        .startAsync(definition, businessKey, input)
        .thenApply(id -> new EngineHandle(this, id));
  }

  @Override
  public <I> SagaHandle start(
      LocalTransaction transaction, SagaDefinition<I> definition, String businessKey, I input) {
    requireOpen();
    JoinedStart joined = starts.join(transaction, definition, businessKey, input);
    if (joined.created()) {
      expected.add(joined.sagaId());
    }
    return new EngineHandle(this, joined.sagaId());
  }

  @Override
  public Optional<SagaHandle> find(SagaId sagaId) {
    requireNonNull(sagaId, "sagaId");
    return archive.has(sagaId) ? Optional.of(new EngineHandle(this, sagaId)) : Optional.empty();
  }

  @Override
  public Optional<SagaHandle> find(String definition, String businessKey) {
    requireNonNull(definition, "definition");
    requireNonNull(businessKey, "businessKey");
    return store.find(definition, businessKey).map(id -> new EngineHandle(this, id));
  }

  @Override
  public List<SagaEvent> history(SagaId sagaId) {
    return archive.history(requireNonNull(sagaId, "sagaId"));
  }

  @Override
  public void cancel(SagaId sagaId, String by, String reason) {
    operator(by, reason).cancel(sagaId);
  }

  @Override
  public void retry(SagaId sagaId, String by, String reason) {
    operator(by, reason).retry(sagaId);
  }

  @Override
  public <T> void signal(SagaId sagaId, StepKey<T> key, T value) {
    signaller.send(sagaId, key, value);
  }

  @Override
  public <T> void signal(SagaId sagaId, StepKey<T> key, T value, String signalId) {
    signaller.send(sagaId, key, value, signalId);
  }

  @Override
  public <T> void signal(String definition, String businessKey, StepKey<T> key, T value) {
    signaller.send(signaller.find(definition, businessKey), key, value);
  }

  @Override
  public <T> void signal(
      String definition, String businessKey, StepKey<T> key, T value, String signalId) {
    signaller.send(signaller.find(definition, businessKey), key, value, signalId);
  }

  @Override
  public SagaOperator operator(String by, String reason) {
    return new EngineOperator(inboxes, by, reason);
  }

  @Override
  public void attendSoon() {
    if (attentionAsked.compareAndSet(false, true)) {
      environment
          .engine()
          .execute(
              () -> {
                attentionAsked.set(false);
                asking(
                    () -> {
                      claimDue();
                      attend();
                    });
              });
    }
  }

  /** A stage that completes when the saga is settled, wherever it runs. */
  CompletableFuture<SagaOutcome> watch(SagaId sagaId) {
    CompletableFuture<SagaOutcome> future = watchers.watch(sagaId);
    if (phase == Phase.CLOSED) {
      watchers.fail(closed());
    } else if (!node.owns(sagaId)) {
      environment.engine().execute(() -> asking(() -> lookAtWatched(Set.of(sagaId))));
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
    stop();
  }

  private void stop() {
    LOG.info("Coordinator {} stops; {} sagas in memory", options.nodeName(), node.sagas());
    try {
      expected.stop();
      gates.open();
      room.close(closed());
      drain();
      handOver();
      phase = Phase.CLOSED;
      watchers.fail(closed());
      store.close();
    } finally {
      environment.shutdown().run();
    }
    LOG.info("Coordinator {} stopped", options.nodeName());
  }

  /** Lets running calls end and their outcomes become durable; interrupts those that take long. */
  private void drain() {
    CompletableFuture<Void> quiet = calls.stop();
    try {
      try {
        environment.waiting().until(quiet, options.drain());
      } catch (TimeoutException e) {
        node.abandonCalls("The coordinator is being closed");
        environment.waiting().until(quiet, INTERRUPTED_DRAIN);
      }
    } catch (TimeoutException e) {
      LOG.warn(
          "Calls of sagas {} ignore their interrupts; their outcomes are open", calls.snapshot());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives the sagas back, those with open calls marked. The snapshot comes first: once the lease is
   * lost calls are forgotten, as whoever took it doubts them anyway, and says so in the journal.
   */
  private void handOver() {
    Set<SagaId> open = calls.snapshot();
    try {
      if (!node.isLost()) {
        store.leave(node.id(), open);
      }
    } catch (RuntimeException e) {
      Throwable loggable = options.loggable(e);
      LOG.warn("The store didn't take the sagas back; others claim them after the lease", loggable);
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
    environment.engine().execute(() -> asking(() -> rejoin(fenced)));
  }

  /**
   * Joins anew, unless another process has taken the name: two of a name would fence each other.
   */
  @Override
  public synchronized void rejoin(Node lost) {
    lost.lose("The node lost its lease");
    if (node != lost || phase != Phase.OPEN) {
      return;
    }
    store.evict(lost.id()); // it may have its lease still, if it was given up for a failed write
    if (store.nodes().stream().map(NodeBeat::name).anyMatch(options.nodeName()::equals)) {
      LOG.error(
          "Another process joined as node {}: this coordinator stops. Give each process a nodeName"
              + " of its own.",
          options.nodeName());
      phase = Phase.CLOSING; // at once: who tries to start a saga meanwhile is told so
      environment.engine().execute(this::stop);
      return;
    }
    node = join();
    LOG.warn("Node {} had lost its lease and joined anew", options.nodeName());
    room.letIn();
  }

  private void beatLater() {
    environment.scheduler().schedule(options.beat(), this::beat);
  }

  /** Whether a saga was started in a transaction that isn't known to be committed. */
  boolean isExpected(SagaId sagaId) {
    return expected.isExpected(sagaId);
  }

  private void beat() {
    if (phase == Phase.CLOSED) {
      return;
    }
    asking(
        () -> {
          Node current = node;
          if (current.isLost()) {
            rejoin(current);
          } else {
            membership.beat(current);
          }
        });
    beatLater();
  }

  private void poll() {
    if (phase == Phase.CLOSED) {
      return;
    }
    asking(
        () -> {
          claimDue();
          attend();
          lookAtWatched(watchers.watched());
          locks.wake();
        });
    environment.scheduler().schedule(options.poll(), this::poll);
  }

  /**
   * Does what talks to the store, and copes if that fails: the next round tries again.
   *
   * @return whether it was done
   */
  private boolean asking(Runnable talk) {
    Node current = node;
    try {
      talk.run();
      return true;
    } catch (NodeFencedException e) {
      fenced(current);
    } catch (SagaStoreException e) {
      if (phase == Phase.OPEN) {
        LOG.warn("Node {} gets no answer from the store: {}", options.nodeName(), e.getMessage());
      }
    } catch (Throwable e) { // a bug, ours or the store's: it must not end the loop
      Throwable loggable = options.loggable(e);
      LOG.error("Node {} met an unexpected failure and goes on", options.nodeName(), loggable);
    }
    return false;
  }

  private boolean claimExpected() {
    return asking(this::claimDue) && node.mayDispatch();
  }

  private void claimDue() {
    Node current = node;
    int left = room.forClaims();
    while (current.mayDispatch() && left > 0) {
      int limit = Math.min(left, CLAIM_AT_ONCE);
      List<ClaimedSaga> claimed = store.claim(current.id(), definitions.refs(), now(), limit);
      claimed.forEach(saga -> recovery.resume(current, saga, expected.arrived(idOf(saga))));
      left = claimed.size() < limit ? 0 : room.forClaims();
      if (claimed.size() < limit) {
        room.nothingDue();
      }
    }
  }

  private static SagaId idOf(ClaimedSaga claimed) {
    return claimed.saga().header().id();
  }

  /** Carries the commands for this node's sagas to their actors. */
  private void attend() {
    Node current = node;
    if (isOpen() && !current.isLost()) {
      store.commands(current.id(), COMMANDS_AT_ONCE).forEach(current::deliver);
    }
  }

  private void lookAtWatched(Set<SagaId> watched) {
    lookout.look(watched);
  }

  private CoordinatorClosedException closed() {
    return new CoordinatorClosedException(
        "Coordinator " + options.nodeName() + " is closed; its sagas go on elsewhere.");
  }

  @Override
  public void requireOpen() {
    if (!isOpen()) {
      throw closed();
    }
  }

  @Override
  public Instant now() {
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
  public Gates gates() {
    return gates;
  }

  @Override
  public Room room() {
    return room;
  }

  @Override
  public Locks locks() {
    return locks;
  }

  @Override
  public Children childrenOf(Node owner) {
    return new Children(store, starts, recovery, owner);
  }

  @Override
  public OpenCalls calls() {
    return calls;
  }

  @Override
  public Archive archive() {
    return archive;
  }

  @Override
  public Transactions transactions() {
    return transactions.orElseThrow();
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public boolean isOpen() {
    return phase == Phase.OPEN;
  }
}
