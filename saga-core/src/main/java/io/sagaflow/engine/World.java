package io.sagaflow.engine;

import io.sagaflow.store.SagaStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What outlives a node's lease: the store, the options, who listens, and what works with them. Made
 * once, and never changed; its parts may ask it for each other once it is made. Thread-safe, as
 * each of them is.
 */
final class World {

  private final SagaStore store;
  private final EngineOptions options;
  private final Environment environment;
  private final Recovery recovery;
  private final Archive archive;
  private final Listeners listeners;
  private final Optional<Transactions> transactions;
  private final Watchers watchers = new Watchers();
  private final OpenCalls calls = new OpenCalls();
  private final ExpectedSagas expected;
  private final Locks locks;
  private final Gates gates;
  private final Rounds rounds;
  private final Lives lives;
  private final Room room;
  private final Starts starts;
  private final Inboxes inboxes;

  /** Joins the store. */
  World(
      Engine.Parts parts,
      EngineOptions options,
      Environment environment,
      Definitions definitions,
      Shapes shapes) {
    this.store = parts.store();
    this.options = options;
    this.environment = environment;
    Payloads payloads = new Payloads(parts.codec(), options.limits().payloadBytes());
    this.recovery = new Recovery(definitions, shapes, payloads, options);
    this.archive = new Archive(store, recovery, options);
    this.listeners = new Listeners(parts.listeners(), options);
    this.transactions = Transactions.of(store, parts.transactions());
    this.expected = new ExpectedSagas(environment, () -> rounds().claimExpected());
    this.locks = new Locks(this, definitions);
    this.gates = new Gates(definitions.all(), environment);
    this.rounds = new Rounds(this, definitions);
    this.lives = new Lives(this);
    this.room = new Room(options, environment.scheduler(), () -> lives().node().sagas());
    this.starts = new Starts(this, definitions, payloads);
    this.inboxes = new Inboxes(this, definitions, payloads);
  }

  SagaStore store() {
    return store;
  }

  EngineOptions options() {
    return options;
  }

  Environment environment() {
    return environment;
  }

  /** The time as records have it, in microseconds. */
  Instant now() {
    return environment.clock().instant().truncatedTo(ChronoUnit.MICROS);
  }

  Recovery recovery() {
    return recovery;
  }

  Archive archive() {
    return archive;
  }

  Listeners listeners() {
    return listeners;
  }

  /** The transactions of transactional steps. */
  Transactions transactions() {
    return transactions.orElseThrow();
  }

  Watchers watchers() {
    return watchers;
  }

  OpenCalls calls() {
    return calls;
  }

  ExpectedSagas expected() {
    return expected;
  }

  Locks locks() {
    return locks;
  }

  Gates gates() {
    return gates;
  }

  Rounds rounds() {
    return rounds;
  }

  Lives lives() {
    return lives;
  }

  Room room() {
    return room;
  }

  Starts starts() {
    return starts;
  }

  Inboxes inboxes() {
    return inboxes;
  }

  Children childrenOf(Node owner) {
    return new Children(store, starts, recovery, owner);
  }
}
