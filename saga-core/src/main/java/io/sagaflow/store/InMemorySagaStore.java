package io.sagaflow.store;

import io.sagaflow.LockClaim;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sagas in memory: for tests, and where a saga needn't survive its process.
 *
 * <p>It behaves as {@code PostgresSagaStore} does, and passes the same contract tests; several
 * coordinators may share one. {@link #close} forgets nothing, so a test can close a coordinator and
 * go on with another. Of the sagas that have ended, the latest are kept (100,000 by default); a
 * business key is free again when its saga is forgotten.
 *
 * <p>Thread-safe; never blocks for long. One lock guards everything.
 */
public final class InMemorySagaStore implements SagaStore {

  private static final int DEFAULT_ENDED_KEPT = 100_000;

  private final int endedKept;
  private final Map<NodeId, NodeBeat> nodes = new LinkedHashMap<>();
  private final Map<SagaId, InMemorySaga> sagas = new HashMap<>();
  private final Map<Key, SagaId> ids = new HashMap<>();
  private final Map<NodeId, Set<SagaId>> owned = new LinkedHashMap<>();
  private final NavigableSet<Due> due = new TreeSet<>();
  private final Map<SagaId, InMemorySaga> ended = new LinkedHashMap<>();
  private final DefinitionShapes shapes = new InMemoryShapes(this::startedWith);
  private final SagaQueries queries = new InMemoryQueries(this::summaries);
  private final InMemoryLocks locks = new InMemoryLocks(this::statusOf, InstantSource.system());
  private final SagaLocks locking = new Locking();
  private final ClaimTurns turns = new ClaimTurns();
  private long lastCommand;

  private record Key(String definition, String businessKey) {

    static Key of(SagaHeader header) {
      return new Key(header.definition().name(), header.businessKey());
    }
  }

  /** A saga that nobody owns, in the order in which such sagas are claimed. */
  private record Due(Instant at, SagaId saga) implements Comparable<Due> {

    private static final Comparator<Due> OLDEST_FIRST =
        Comparator.comparing(Due::at).thenComparing(due -> due.saga().value());

    boolean isGivenBack() {
      return at.equals(ClaimTurns.GIVEN_BACK);
    }

    @Override
    public int compareTo(Due other) {
      return OLDEST_FIRST.compare(this, other);
    }
  }

  /** Creates an empty store that keeps the last 100,000 sagas that have ended. */
  public InMemorySagaStore() {
    this(DEFAULT_ENDED_KEPT);
  }

  /**
   * Creates an empty store.
   *
   * @param endedKept how many of the sagas that have ended are kept, at least 1
   */
  public InMemorySagaStore(int endedKept) {
    if (endedKept < 1) {
      throw new IllegalArgumentException("endedKept must be at least 1; got " + endedKept);
    }
    this.endedKept = endedKept;
  }

  @Override
  public void open() {
    // nothing to connect
  }

  @Override
  public synchronized NodeId join(String name) {
    nodes.values().removeIf(node -> node.name().equals(name));
    NodeId id = new NodeId(UUID.randomUUID());
    nodes.put(id, new NodeBeat(id, name, 0));
    return id;
  }

  @Override
  public synchronized List<NodeBeat> heartbeat(NodeId self) {
    requireLease(self);
    nodes.computeIfPresent(self, (id, node) -> new NodeBeat(id, node.name(), node.beats() + 1));
    return nodes();
  }

  @Override
  public synchronized List<NodeBeat> nodes() {
    return List.copyOf(nodes.values());
  }

  @Override
  public synchronized void evict(NodeId node) {
    nodes.remove(node);
  }

  @Override
  public synchronized boolean evictIfSilent(NodeBeat seen) {
    NodeBeat now = nodes.get(seen.node());
    return now == null || nodes.remove(seen.node(), seen);
  }

  @Override
  public synchronized int releaseOrphans(int limit) {
    int freed = 0;
    for (NodeId owner : List.copyOf(owned.keySet())) {
      if (!nodes.containsKey(owner)) {
        for (SagaId id : listOwnedBy(owner).stream().limit(limit - freed).toList()) {
          orphan(saga(id));
          freed++;
        }
      }
    }
    return freed;
  }

  @Override
  public synchronized void leave(NodeId self, Set<SagaId> open) {
    nodes.remove(self);
    for (SagaId id : listOwnedBy(self)) {
      InMemorySaga saga = saga(id);
      saga.orphaned |= open.contains(id);
      free(saga, ClaimTurns.GIVEN_BACK);
    }
  }

  @Override
  public synchronized CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
    if (!nodes.containsKey(owner)) {
      return CompletableFuture.failedFuture(new NodeFencedException(owner));
    }
    SagaId id = saga.header().id();
    SagaId holder = ids.putIfAbsent(Key.of(saga.header()), id);
    if (holder != null) {
      return CompletableFuture.completedFuture(new StartResult(holder, false));
    }
    sagas.put(id, new InMemorySaga(saga, owner));
    ownedBy(owner).add(id);
    return CompletableFuture.completedFuture(new StartResult(id, true));
  }

  @Override
  public synchronized CompletionStage<Void> append(NodeId owner, SagaAppend append) {
    if (!nodes.containsKey(owner)) {
      return CompletableFuture.failedFuture(new NodeFencedException(owner));
    }
    InMemorySaga saga = sagas.get(append.sagaId());
    String refusal = saga == null ? "there is no such saga" : saga.refusal(owner, append.records());
    if (saga == null || refusal != null) {
      return CompletableFuture.failedFuture(
          new JournalRefusedException(
              "Nothing was appended to saga " + append.sagaId() + ": " + refusal + ".", null));
    }
    saga.write(append);
    if (saga.status.isTerminal()) {
      end(saga);
      append.release().filter(Release::unlocks).ifPresent(r -> locks.release(append.sagaId()));
    } else {
      append.release().ifPresent(release -> free(saga, release.wakeAt().orElse(null)));
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    requireLease(owner);
    ClaimTurns.Part part = ClaimTurns.Part.of(owner, nodes.keySet());
    Optional<SagaId> passedOver = passedOver(owner, part, definitions, now);
    List<Due> taken =
        due.stream()
            .takeWhile(entry -> !entry.at().isAfter(now))
            .filter(entry -> isOf(entry, definitions))
            .filter(entry -> passedOver.isEmpty() || !entry.isGivenBack() || part.has(entry.saga()))
            .limit(limit)
            .toList();
    turns.claimed(owner, now, passedOver, taken.size() == limit);
    List<ClaimedSaga> claimed = new ArrayList<>();
    for (Due entry : taken) {
      due.remove(entry);
      ownedBy(owner).add(entry.saga());
      claimed.add(saga(entry.saga()).claim(owner));
    }
    return claimed;
  }

  private Optional<SagaId> passedOver(
      NodeId owner, ClaimTurns.Part part, Set<DefinitionRef> definitions, Instant now) {
    List<SagaId> given =
        due.stream()
            .takeWhile(Due::isGivenBack)
            .filter(entry -> isOf(entry, definitions))
            .limit(turns.look(owner, now))
            .map(Due::saga)
            .toList();
    return ClaimTurns.passedOver(part, given);
  }

  private boolean isOf(Due entry, Set<DefinitionRef> definitions) {
    return definitions.contains(saga(entry.saga()).header.definition());
  }

  @Override
  public synchronized Optional<SagaStatus> post(SagaId sagaId, NewCommand command) {
    InMemorySaga saga = sagas.get(sagaId);
    if (saga == null) {
      return Optional.empty();
    }
    if (saga.takes(command)) {
      saga.inbox.add(StoredCommand.of(++lastCommand, sagaId, command));
      if (saga.owner == null) {
        wake(saga, ClaimTurns.AT_ONCE);
      }
    }
    return Optional.of(saga.status);
  }

  @Override
  public synchronized List<StoredCommand> commands(NodeId owner, int limit) {
    return listOwnedBy(owner).stream()
        .flatMap(id -> saga(id).inbox.stream())
        .sorted(Comparator.comparingLong(StoredCommand::id))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Optional<StoredSaga> load(SagaId sagaId) {
    return Optional.ofNullable(sagas.get(sagaId)).map(InMemorySaga::toStored);
  }

  @Override
  public synchronized Optional<SagaHeader> header(SagaId sagaId) {
    return Optional.ofNullable(sagas.get(sagaId)).map(saga -> saga.header);
  }

  @Override
  public synchronized Optional<SagaId> find(String definition, String businessKey) {
    return Optional.ofNullable(ids.get(new Key(definition, businessKey)));
  }

  @Override
  public synchronized Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
    Map<SagaId, SagaStatus> statuses = new HashMap<>();
    for (SagaId id : sagaIds) {
      InMemorySaga saga = sagas.get(id);
      if (saga != null) {
        statuses.put(id, saga.status);
      }
    }
    return statuses;
  }

  @Override
  public SagaQueries queries() {
    return queries;
  }

  @Override
  public SagaPurge purge() {
    return this::purge;
  }

  @Override
  public DefinitionShapes shapes() {
    return shapes;
  }

  @Override
  public Optional<SagaLocks> locks() {
    return Optional.of(locking);
  }

  private @Nullable SagaStatus statusOf(SagaId id) {
    InMemorySaga saga = sagas.get(id);
    return saga == null ? null : saga.status;
  }

  /** The locks, under this store's lock. */
  private final class Locking implements SagaLocks {

    @Override
    public LockAnswer acquire(NodeId owner, SagaId saga, SagaId root, Set<String> keys) {
      synchronized (InMemorySagaStore.this) {
        requireLease(owner);
        return locks.acquire(saga, root, keys);
      }
    }

    @Override
    public void withdraw(SagaId saga) {
      synchronized (InMemorySagaStore.this) {
        locks.withdraw(saga);
      }
    }

    @Override
    public List<SagaId> next(int limit) {
      synchronized (InMemorySagaStore.this) {
        return locks.next(limit);
      }
    }

    @Override
    public List<LockClaim> claims(String key) {
      synchronized (InMemorySagaStore.this) {
        return locks.claims(key);
      }
    }

    @Override
    public List<LockClaim> claims(SagaId holder) {
      synchronized (InMemorySagaStore.this) {
        return locks.claims(holder);
      }
    }
  }

  /** The fingerprints with which the sagas in flight of a definition were started. */
  private synchronized List<String> startedWith(DefinitionRef definition) {
    return sagas.values().stream()
        .filter(saga -> saga.header.definition().equals(definition) && !saga.status.isTerminal())
        .flatMap(saga -> Optional.ofNullable(saga.journal.get(0).code()).stream())
        .toList();
  }

  private synchronized SagaPurge.Purged purge(SagaPurge.PurgeOrder order) {
    List<SagaSummary> found =
        ended.values().stream()
            .filter(saga -> saga.isAtRest() && isDispensable(saga))
            .map(InMemorySaga::toSummary)
            .filter(order::accepts)
            .sorted(Comparator.comparing(SagaSummary::id))
            .limit(order.slice().limit())
            .toList();
    found.forEach(saga -> drop(saga(saga.id())));
    boolean more = found.size() == order.slice().limit();
    return new SagaPurge.Purged(
        found.size(), more ? Optional.of(found.get(found.size() - 1).id()) : Optional.empty());
  }

  private synchronized List<SagaSummary> summaries() {
    return sagas.values().stream().map(InMemorySaga::toSummary).toList();
  }

  /** Does nothing: what is kept stays, for the next coordinator. */
  @Override
  public void close() {
    // nothing to let go of
  }

  private void orphan(InMemorySaga saga) {
    saga.orphaned = true;
    free(saga, ClaimTurns.GIVEN_BACK);
  }

  /** Ends an ownership; a command that wasn't answered makes the saga due. */
  private void free(InMemorySaga saga, @Nullable Instant wakeAt) {
    disown(saga);
    boolean waits = !saga.inbox.isEmpty() && !ClaimTurns.GIVEN_BACK.equals(wakeAt);
    wake(saga, waits ? ClaimTurns.AT_ONCE : wakeAt);
  }

  private void end(InMemorySaga saga) {
    disown(saga);
    ended.put(saga.header.id(), saga);
    if (ended.size() > endedKept) {
      dropOldest();
    }
  }

  private void dropOldest() {
    for (InMemorySaga saga : ended.values()) {
      if (isDispensable(saga)) {
        drop(saga);
        return;
      }
    }
  }

  /** A child may have to be undone as long as its root hasn't ended. */
  private boolean isDispensable(InMemorySaga saga) {
    return saga.root().map(sagas::get).map(root -> root.status.isTerminal()).orElse(true);
  }

  private void drop(InMemorySaga saga) {
    ended.remove(saga.header.id());
    sagas.remove(saga.header.id());
    ids.remove(Key.of(saga.header));
  }

  private void disown(InMemorySaga saga) {
    NodeId owner = saga.owner;
    saga.owner = null;
    if (owner != null) {
      Set<SagaId> left = owned.getOrDefault(owner, Set.of());
      left.remove(saga.header.id());
      if (left.isEmpty()) {
        owned.remove(owner);
      }
    }
  }

  private void wake(InMemorySaga saga, @Nullable Instant at) {
    if (saga.wakeAt != null) {
      due.remove(new Due(saga.wakeAt, saga.header.id()));
    }
    saga.wakeAt = at;
    if (at != null) {
      due.add(new Due(at, saga.header.id()));
    }
  }

  private Set<SagaId> ownedBy(NodeId owner) {
    return owned.computeIfAbsent(owner, key -> new LinkedHashSet<>());
  }

  private List<SagaId> listOwnedBy(NodeId owner) {
    return List.copyOf(owned.getOrDefault(owner, Set.of()));
  }

  private InMemorySaga saga(SagaId id) {
    InMemorySaga saga = sagas.get(id);
    if (saga == null) {
      throw new IllegalStateException("Saga " + id + " is in an index and not in the store");
    }
    return saga;
  }

  private void requireLease(NodeId node) {
    if (!nodes.containsKey(node)) {
      throw new NodeFencedException(node);
    }
  }
}
