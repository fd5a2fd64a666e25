package io.sagaflow;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sagaflow.engine.Engine;
import io.sagaflow.engine.EngineOptions;
import io.sagaflow.engine.Environment;
import io.sagaflow.store.SagaStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts a coordinator together. Mutable, for one thread. */
public final class SagaCoordinatorBuilder {

  private final Map<String, SagaDefinition<?>> definitions = new LinkedHashMap<>();
  private final List<SagaListener> listeners = new ArrayList<>();
  private @Nullable SagaStore store;
  private @Nullable PayloadCodec codec;
  private @Nullable Executor actions;
  private @Nullable PurgePolicy purge;
  private @Nullable TransactionRunner transactions;
  private String nodeName = "node-" + UUID.randomUUID();
  private Duration lease = Duration.ofSeconds(10);
  private Duration poll = Duration.ofMillis(500);
  private Duration drain = Duration.ofSeconds(10);
  private Duration interruptGrace = Duration.ofSeconds(30);
  private Duration parkAfter = Duration.ofMinutes(1);
  private Duration storeTimeout = Duration.ofSeconds(30);
  private Duration startPatience = Duration.ofSeconds(30);
  private boolean logUserData;
  private int maxPayloadBytes = EngineOptions.Limits.DEFAULTS.payloadBytes();
  private int maxRecoveries = EngineOptions.Limits.DEFAULTS.recoveries();
  private int maxJournalRecords = EngineOptions.Limits.DEFAULTS.journalRecords();
  private int maxSagasInMemory = EngineOptions.Limits.DEFAULTS.inMemory();

  SagaCoordinatorBuilder() {}

  /**
   * Sets where sagas are kept. The coordinator closes the store when it is closed.
   *
   * @param store the store; used by no other coordinator of this process, unless it is one that
   *     goes on after it was closed, as {@link io.sagaflow.store.InMemorySagaStore} does
   * @return this builder
   */
  public SagaCoordinatorBuilder store(SagaStore store) {
    this.store = requireNonNull(store, "store");
    return this;
  }

  /**
   * Registers definitions; the coordinator starts and claims sagas of these only.
   *
   * @param added the definitions; several versions of one name are welcome
   * @return this builder
   * @throws IllegalArgumentException if one of this name and version is registered already
   */
  public SagaCoordinatorBuilder register(SagaDefinition<?>... added) {
    for (SagaDefinition<?> definition : added) {
      if (definitions.putIfAbsent(definition.toString(), definition) != null) {
        throw new IllegalArgumentException(
            "Definition " + definition + " is registered already: give one of them a new version");
      }
    }
    return this;
  }

  /**
   * Names this process; by default a name that is never used again. With a name of its own that
   * outlives a restart, a process takes its predecessor's sagas over at once, instead of after the
   * lease. Two living processes of one name stop one another.
   *
   * @param nodeName 1 to 100 characters, not blank, no control characters
   * @return this builder
   */
  public SagaCoordinatorBuilder nodeName(String nodeName) {
    this.nodeName = requireNonNull(nodeName, "nodeName");
    return this;
  }

  /**
   * Sets how long another node must not have seen this one alive before it takes its sagas over; by
   * default 10 s. The same for all nodes of a store.
   *
   * @param lease at least 500 ms, at most a day
   * @return this builder
   */
  public SagaCoordinatorBuilder leaseDuration(Duration lease) {
    this.lease = requireNonNull(lease, "lease");
    return this;
  }

  /**
   * Sets how often the store is asked for due sagas and commands; by default 500 ms.
   *
   * @param poll positive
   * @return this builder
   */
  public SagaCoordinatorBuilder pollInterval(Duration poll) {
    this.poll = requireNonNull(poll, "poll");
    return this;
  }

  /**
   * Sets how long {@code close()} waits for running actions before it interrupts them; by default
   * 10 s.
   *
   * @param drain zero or positive
   * @return this builder
   */
  public SagaCoordinatorBuilder drainTimeout(Duration drain) {
    this.drain = requireNonNull(drain, "drain");
    return this;
  }

  /**
   * Sets how long an interrupted call may go on before its saga is stuck; by default 30 s. Nothing
   * of the saga runs beside a call that is still alive.
   *
   * @param grace positive
   * @return this builder
   */
  public SagaCoordinatorBuilder interruptGrace(Duration grace) {
    this.interruptGrace = requireNonNull(grace, "grace");
    return this;
  }

  /**
   * Sets from which wait on a saga leaves memory until it is due again; by default one minute.
   *
   * @param parkAfter positive
   * @return this builder
   */
  public SagaCoordinatorBuilder parkAfter(Duration parkAfter) {
    this.parkAfter = requireNonNull(parkAfter, "parkAfter");
    return this;
  }

  /**
   * Sets how long after it was queued {@code start} gives up waiting for the store; by default 30
   * s. The call may take longer, see {@link SagaCoordinator#start}.
   *
   * @param timeout positive
   * @return this builder
   */
  public SagaCoordinatorBuilder storeTimeout(Duration timeout) {
    this.storeTimeout = requireNonNull(timeout, "timeout");
    return this;
  }

  /**
   * Sets the largest input, result or signal's value, as the codec writes it; by default 256 KiB. A
   * larger one is refused where it is given. What has been journaled is read whatever its size.
   *
   * @param bytes at least 1, at most 16 MiB
   * @return this builder
   */
  public SagaCoordinatorBuilder maxPayloadBytes(int bytes) {
    this.maxPayloadBytes = bytes;
    return this;
  }

  /**
   * Sets how long a saga's journal may grow through retries; by default 10,000 records. From then
   * on a call that fails isn't tried again, whatever its policy says: a step before the pivot is
   * compensated, and a saga that can't be is stuck. Commands and signals that are refused leave no
   * record any more; those that are heeded do.
   *
   * @param records at least 100
   * @return this builder
   */
  public SagaCoordinatorBuilder maxJournalRecords(int records) {
    this.maxJournalRecords = records;
    return this;
  }

  /**
   * Sets how often a saga is taken over from a node that died, without having made progress since,
   * before it is stuck: one of its calls may bring the process down. By default 25.
   *
   * @param recoveries at least 1
   * @return this builder
   */
  public SagaCoordinatorBuilder maxRecoveries(int recoveries) {
    this.maxRecoveries = recoveries;
    return this;
  }

  /**
   * Sets how many sagas this coordinator has in memory at most; by default 10,000. Those that wait
   * for long are parked, and don't count. When there is no room, nothing is claimed, and a start
   * waits, see {@link #startPatience}. Child sagas are let in all the same: their parents wait for
   * them.
   *
   * @param sagas at least 1
   * @return this builder
   */
  public SagaCoordinatorBuilder maxSagasInMemory(int sagas) {
    this.maxSagasInMemory = sagas;
    return this;
  }

  /**
   * Sets how long {@code start} waits for room in memory, first come first served, before it fails
   * with {@link SagaOverloadedException}; by default 30 s.
   *
   * @param patience zero for not at all, or positive
   * @return this builder
   */
  public SagaCoordinatorBuilder startPatience(Duration patience) {
    this.startPatience = requireNonNull(patience, "patience");
    return this;
  }

  /**
   * Sets how inputs and results are written; by default by {@link
   * JacksonPayloadCodec#withDefaults()}. An {@link EncryptingPayloadCodec} keeps them from whoever
   * reads the database.
   *
   * @param codec the codec
   * @return this builder
   */
  public SagaCoordinatorBuilder codec(PayloadCodec codec) {
    this.codec = requireNonNull(codec, "codec");
    return this;
  }

  /**
   * Has inputs and results written as JSON by a mapper of the application's own: short for {@code
   * codec(JacksonPayloadCodec.of(mapper))}.
   *
   * @param mapper how values are mapped; a copy of it is taken
   * @return this builder
   * @throws IllegalArgumentException if the mapper has default typing switched on
   */
  public SagaCoordinatorBuilder objectMapper(ObjectMapper mapper) {
    return codec(JacksonPayloadCodec.of(mapper));
  }

  /**
   * Sets what runs actions and compensations. By default a call runs on the thread that has just
   * moved its saga, if that can be spared, for to wake another costs more; otherwise on a virtual
   * thread where the JVM has them (21 or later), or in a pool of 256 threads. As many can be spared
   * at a time as there are processors, two at least; they are platform threads, and are used again.
   * An executor that is set runs all calls; it isn't shut down with the coordinator.
   *
   * @param actions runs each task on a thread that may block
   * @return this builder
   */
  public SagaCoordinatorBuilder actionExecutor(Executor actions) {
    this.actions = requireNonNull(actions, "actions");
    return this;
  }

  /**
   * Sets what runs the transactions of transactional steps; by default the store, on connections of
   * its own.
   *
   * @param transactions runs transactions in the store's database
   * @return this builder
   */
  public SagaCoordinatorBuilder transactions(TransactionRunner transactions) {
    this.transactions = requireNonNull(transactions, "transactions");
    return this;
  }

  /**
   * Adds a listener.
   *
   * @param listener told of each record that this coordinator appends
   * @return this builder
   */
  public SagaCoordinatorBuilder listener(SagaListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets whether logs may show what may quote the data of users: the messages of exceptions that
   * actions, listeners and codecs throw, or that a database makes of values which it refuses. By
   * default logs have the classes of exceptions and where they were thrown, and ids, names of steps
   * and business keys, at every level. What happened is in the journal.
   *
   * @param shown true to show messages, for development say
   * @return this builder
   */
  public SagaCoordinatorBuilder logUserData(boolean shown) {
    this.logUserData = shown;
    return this;
  }

  /**
   * Deletes ended sagas in the background; by default none are. Every coordinator of a store may do
   * it: they share the work, and none waits for another.
   *
   * @param policy which sagas, and how often
   * @return this builder
   */
  public SagaCoordinatorBuilder purge(PurgePolicy policy) {
    this.purge = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Opens the store and starts the coordinator, which at once claims what is due. If this throws,
   * the store isn't closed: that is then the caller's to do.
   *
   * @return the coordinator, to be closed
   * @throws IllegalStateException if no store was given
   * @throws IllegalArgumentException if an option is out of range, or a definition has a
   *     transactional step and the store is none for transactions
   * @throws SagaStoreException if the store can't be reached or its schema doesn't fit
   */
  public SagaCoordinator start() {
    return startIn(() -> Engine.realEnvironment(nodeName, actions));
  }

  /**
   * Starts the coordinator in virtual time. For the test kit, which alone can make an environment.
   *
   * @param environment makes time, chance and threads
   * @return the coordinator, to be closed
   */
  @SuppressWarnings("exports") // an application has no such type, and so can't call this
  public SagaCoordinator startIn(Supplier<Environment> environment) {
    if (store == null) {
      throw new IllegalStateException("A coordinator needs a store: call store(...)");
    }
    EngineOptions options =
        new EngineOptions(
            nodeName,
            lease,
            poll,
            drain,
            interruptGrace,
            parkAfter,
            storeTimeout,
            startPatience,
            new EngineOptions.Limits(
                maxPayloadBytes, maxRecoveries, maxJournalRecords, maxSagasInMemory),
            logUserData);
    Engine.Parts parts =
        new Engine.Parts(
            store,
            definitions.values(),
            codec == null ? JacksonPayloadCodec.withDefaults() : codec,
            List.copyOf(listeners),
            Optional.ofNullable(purge),
            transactions);
    return Engine.start(parts, options, environment.get());
  }
}
