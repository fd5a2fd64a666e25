package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.ClaimTurns;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShapes;
import io.sagaflow.store.InMemoryQueries;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.SagaLocks;
import io.sagaflow.store.SagaPurge;
import io.sagaflow.store.SagaQueries;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.store.TransactionalStore;
import io.sagaflow.testkit.database.Fate.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * What {@code PostgresSagaStore} is to a real process, to a simulated one: the same lanes, the same
 * statements, the same care for what is in doubt.
 *
 * <p>Writes never block. Other calls do if they meet a lock, and then {@link Pace#await} decides
 * whether their caller can wait; after 30 s of it they throw {@link SagaStoreException}.
 */
public final class DatabaseClient implements SagaStore {

  /** After which a process cancels a statement. */
  static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);

  private static final int JOIN_TRIES = 20;

  private final SimulatedDatabase database;
  private final Wire wire;
  private final Executor process;
  private final Lanes lanes;
  private boolean connected = true;

  /** Joins that failed, and may have happened. */
  private final Set<NodeId> ghosts = new HashSet<>();

  /** Sagas whose release may be committed while its lane doesn't know; not claimed here. */
  private final Set<SagaId> releases = new HashSet<>();

  /** Claims that may have been committed, to be given back. */
  private final Map<NodeId, Set<SagaId>> claimsInDoubt = new HashMap<>();

  private final ClaimTurns turns = new ClaimTurns();
  private boolean claiming;

  DatabaseClient(SimulatedDatabase database, Wire wire, Executor process, int lanes) {
    this.database = database;
    this.wire = wire;
    this.process = process;
    this.lanes = new Lanes(this, database.pace(), lanes);
  }

  SimulatedDatabase database() {
    return database;
  }

  /**
   * Cuts the process off, which has died. What it hasn't sent is gone; what has reached the
   * database goes on there, and nobody learns of it.
   */
  public void disconnect() {
    connected = false;
    lanes.die();
  }

  @Override
  public void open() {
    read();
  }

  @Override
  public NodeId join(String name) {
    for (int tries = 1; ; tries++) {
      NodeId node = database.tables().nextNodeId();
      Join join = new Join(this, node, name, lanes.count());
      try {
        Fate fate = execute(join);
        if (!join.isNameTaken()) {
          end(join, fate);
          return node;
        }
        join.abort();
      } catch (SagaStoreException e) {
        ghosts.add(node);
        throw e;
      }
      ghosts.add(node);
      if (tries == JOIN_TRIES) {
        throw new SagaStoreException("Others join as node \"" + name + "\" all the time.", null);
      }
    }
  }

  @Override
  public List<NodeBeat> heartbeat(NodeId self) {
    Heartbeat heartbeat = new Heartbeat(this, self);
    execute(heartbeat);
    List<NodeBeat> beats = heartbeat.beats();
    if (beats == null) {
      throw new NodeFencedException(self);
    }
    return beats;
  }

  @Override
  public List<NodeBeat> nodes() {
    read();
    List<NodeBeat> beats = database.tables().beatsWithout(null);
    beats.removeIf(beat -> ghosts.contains(beat.node()));
    return beats;
  }

  @Override
  public void evict(NodeId node) {
    execute(new Evict(this, node));
  }

  @Override
  public boolean evictIfSilent(NodeBeat seen) {
    execute(new EvictSilent(this, seen));
    return !database.isAlive(seen.node());
  }

  @Override
  public int releaseOrphans(int limit) {
    OrphanRelease release = new OrphanRelease(this, limit);
    execute(release);
    return release.count();
  }

  @Override
  public void leave(NodeId self, Set<SagaId> open) {
    Leave leave = new Leave(this, self, open);
    end(leave, execute(leave));
  }

  @Override
  public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
    Write write = Write.start(owner, saga);
    lanes.submit(write);
    return write.started();
  }

  @Override
  public CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    Write write = Write.append(owner, append);
    if (append.release().isPresent()) {
      releases.add(append.sagaId());
      write.whenSettled(() -> releases.remove(append.sagaId()));
    }
    lanes.submit(write);
    return write.appended();
  }

  @Override
  public List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    while (claiming) { // one at a time: what is in doubt has to be known before the next claim
      await(() -> !claiming);
    }
    claiming = true;
    try {
      giveBackWhatIsInDoubt(owner);
      int look = turns.look(owner, now);
      Claim claim = new Claim(this, owner, definitions, now, limit, Set.copyOf(releases), look);
      List<ClaimedSaga> claimed = claim(claim, owner);
      turns.claimed(owner, now, claim.passedOver(), claimed.size() == limit);
      return claimed;
    } finally {
      claiming = false;
    }
  }

  private List<ClaimedSaga> claim(Claim claim, NodeId owner) {
    Fate fate = execute(claim);
    if (claim.isFenced()) {
      claim.abort();
      throw new NodeFencedException(owner);
    }
    Set<SagaId> ids = claim.ids();
    if (!Collections.disjoint(releases, ids)) { // committed while this waited
      claim.abort();
      end(claim, fate);
      return List.of();
    }
    claimsInDoubt.put(owner, ids); // until the commit is known to have succeeded
    end(claim, fate);
    claimsInDoubt.remove(owner);
    return claim.sagas();
  }

  private void giveBackWhatIsInDoubt(NodeId owner) {
    Set<SagaId> doubts = claimsInDoubt.getOrDefault(owner, Set.of());
    if (!doubts.isEmpty()) {
      GiveBack giveBack = new GiveBack(this, owner, doubts);
      end(giveBack, execute(giveBack));
      claimsInDoubt.remove(owner);
    }
  }

  @Override
  public Optional<SagaStatus> post(SagaId sagaId, NewCommand command) {
    Post post = new Post(this, sagaId, command);
    execute(post);
    return Optional.ofNullable(post.status());
  }

  @Override
  public List<StoredCommand> commands(NodeId owner, int limit) {
    read();
    List<StoredCommand> commands = new ArrayList<>();
    for (StoredCommand command : database.tables().inbox.values()) {
      SagaRow row = database.tables().sagas.get(command.sagaId());
      if (row != null && owner.equals(row.owner) && commands.size() < limit) {
        commands.add(command);
      }
    }
    return commands;
  }

  @Override
  public Optional<StoredSaga> load(SagaId sagaId) {
    read();
    return database.load(sagaId);
  }

  @Override
  public Optional<SagaHeader> header(SagaId sagaId) {
    read();
    return Optional.ofNullable(database.tables().sagas.get(sagaId)).map(row -> row.header);
  }

  @Override
  public Optional<SagaId> find(String definition, String businessKey) {
    read();
    SagaRow holder = database.tables().holder(new LockKey.Business(definition, businessKey));
    return Optional.ofNullable(holder).map(row -> row.header.id());
  }

  @Override
  public Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
    read();
    Map<SagaId, SagaStatus> statuses = new HashMap<>();
    for (SagaId id : sagaIds) {
      SagaRow row = database.tables().sagas.get(id);
      if (row != null) {
        statuses.put(id, row.status);
      }
    }
    return statuses;
  }

  @Override
  public SagaQueries queries() {
    return new InMemoryQueries(
        () -> {
          read();
          return database.tables().sagas.values().stream().map(SagaRow::toSummary).toList();
        });
  }

  @Override
  public SagaPurge purge() {
    return order -> {
      Purge purge = new Purge(this, order);
      end(purge, execute(purge));
      return purge.purged();
    };
  }

  @Override
  public Optional<SagaLocks> locks() {
    return Optional.of(new SemanticLocks(this));
  }

  @Override
  public Optional<TransactionalStore> transactions() {
    return Optional.of(new UserTransactions(this));
  }

  LockAnswer lock(LockRequest request, NodeId owner) {
    Fate fate = execute(request);
    if (request.isFenced()) {
      request.abort();
      throw new NodeFencedException(owner);
    }
    end(request, fate);
    return request.answer();
  }

  @Override
  public DefinitionShapes shapes() {
    return database.tables().shapes; // nothing depends on them, so their exchanges don't break
  }

  /**
   * Fails what waits to be written. Doesn't wait for a batch under way, which is answered still.
   */
  @Override
  public void close() {
    lanes.close();
  }

  /** Runs what the process does, unless it is dead by then. */
  void inProcess(Runnable task) {
    process.execute(
        () -> {
          if (connected) {
            task.run();
          }
        });
  }

  Fate fate(Exchange exchange) {
    return wire.fate(exchange);
  }

  void read() {
    requireConnected();
    if (fate(Exchange.READ).outcome() != Outcome.ANSWERED) {
      throw broken(Exchange.READ);
    }
  }

  /**
   * Sends a transaction, and waits until it is executed. A single statement then has its fate; a
   * transaction of several still has to {@link #end}.
   */
  Fate execute(Transaction transaction) {
    requireConnected();
    Exchange exchange = transaction.exchange();
    Fate fate = fate(exchange);
    Outcome outcome = fate.outcome();
    boolean single = !exchange.isTransaction();
    if (outcome == Outcome.NOT_SENT || (single && outcome == Outcome.ABORTED)) {
      throw broken(exchange);
    }
    boolean atOnce = !outcome.isLater() && !transaction.isLingering();
    transaction.begin(atOnce, single ? () -> decide(transaction, fate) : () -> {});
    if (transaction.isWaiting() && !(single && outcome.isLater())) {
      awaitLocks(transaction);
    }
    if (transaction.isAborted() && outcome == Outcome.ANSWERED) {
      throw new SagaStoreException("Chosen to end a cycle of waiting: " + exchange, null);
    }
    if (single && outcome != Outcome.ANSWERED) {
      throw broken(exchange);
    }
    return fate;
  }

  private void awaitLocks(Transaction transaction) {
    boolean inTime;
    try {
      inTime = await(() -> !transaction.isWaiting());
    } catch (RuntimeException | Error e) { // its process is dead, most likely
      transaction.abandon();
      throw e;
    }
    if (!inTime) {
      transaction.abort();
      throw new SagaStoreException("It took too long: " + transaction.exchange(), null);
    }
  }

  private boolean await(BooleanSupplier condition) {
    return database.pace().await(condition, STATEMENT_TIMEOUT);
  }

  /** Commits a transaction that was executed, or whatever its fate is. */
  void end(Transaction transaction, Fate fate) {
    decide(transaction, fate);
    if (fate.outcome() != Outcome.ANSWERED) {
      throw broken(transaction.exchange());
    }
  }

  /** At the database. */
  void decide(Transaction transaction, Fate fate) {
    if (transaction.isAborted()) {
      return;
    }
    switch (fate.outcome()) { // no default: a new outcome has to be decided
      case ANSWERED, ANSWER_LOST -> transaction.commit();
      case NOT_SENT, ABORTED -> transaction.abort();
      case COMMITTED_LATER -> database.pace().later(fate.inDoubt(), transaction::commit);
      case ABORTED_LATER -> database.pace().later(fate.inDoubt(), transaction::abort);
    }
  }

  private void requireConnected() {
    if (!connected) {
      throw new SagaStoreException("The process is cut off.", null);
    }
  }

  private static SagaStoreException broken(Exchange exchange) {
    return new SagaStoreException("The connection broke: " + exchange, null);
  }
}
