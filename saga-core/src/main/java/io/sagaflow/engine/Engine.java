package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

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
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.SagaStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator as users speak to it: starts sagas, finds them, and carries what is asked to
 * their inboxes. What works beside that it begins and ends, and has in its {@link World}. It has no
 * state of its own, and so any thread may call it.
 */
public final class Engine extends StoredSagas {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private final World world;
  private final Signaller signaller;

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
    this.world = new World(parts, options, environment, definitions, shapes);
    this.signaller = new Signaller(world, world.inboxes());
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
      Rounds rounds = engine.world.rounds();
      rounds.begin();
      environment.engine().execute(() -> rounds.asking(engine::reportUnrunnable));
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
    return new EngineHandle(this, world.starts().start(definition, businessKey, input));
  }

  @Override
  public <I> CompletionStage<SagaHandle> startAsync(
      SagaDefinition<I> definition, String businessKey, I input) {
    requireOpen();
    return world
        .starts()
        .startAsync(definition, businessKey, input)
        .thenApply(id -> new EngineHandle(this, id));
  }

  @Override
  public <I> SagaHandle start(
      LocalTransaction transaction, SagaDefinition<I> definition, String businessKey, I input) {
    requireOpen();
    JoinedStart joined = world.starts().join(transaction, definition, businessKey, input);
    if (joined.created()) {
      world.expected().add(joined.sagaId());
    }
    return new EngineHandle(this, joined.sagaId());
  }

  @Override
  public Optional<SagaHandle> find(SagaId sagaId) {
    requireNonNull(sagaId, "sagaId");
    return world.archive().has(sagaId)
        ? Optional.of(new EngineHandle(this, sagaId))
        : Optional.empty();
  }

  @Override
  public Optional<SagaHandle> find(String definition, String businessKey) {
    requireNonNull(definition, "definition");
    requireNonNull(businessKey, "businessKey");
    return world.store().find(definition, businessKey).map(id -> new EngineHandle(this, id));
  }

  @Override
  public List<SagaEvent> history(SagaId sagaId) {
    return world.archive().history(requireNonNull(sagaId, "sagaId"));
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
    return new EngineOperator(world.inboxes(), by, reason);
  }

  /** A stage that completes when the saga is settled, wherever it runs. */
  CompletableFuture<SagaOutcome> watch(SagaId sagaId) {
    CompletableFuture<SagaOutcome> future = world.watchers().watch(sagaId);
    if (world.lives().isClosed()) {
      world.watchers().fail(world.lives().closed());
    } else if (!node().owns(sagaId)) {
      world.rounds().lookSoon(sagaId);
    }
    return future;
  }

  /** Whether a saga was started in a transaction that isn't known to be committed. */
  boolean isExpected(SagaId sagaId) {
    return world.expected().isExpected(sagaId);
  }

  @Override
  public void close() {
    world.lives().close();
  }

  @Override
  public void requireOpen() {
    world.lives().requireOpen();
  }

  @Override
  public boolean isOpen() {
    return world.lives().isOpen();
  }

  Node node() {
    return world.lives().node();
  }

  World world() {
    return world;
  }
}
