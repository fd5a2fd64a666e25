package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StartResult;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.testkit.database.SteppedPace.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/** A database and some processes at it. */
final class Scene {

  static final DefinitionRef ORDERS = new DefinitionRef("place-order", 1);
  static final Instant NOW = Instant.parse("2030-01-01T12:00:00Z");
  static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  final SteppedPace pace = new SteppedPace();
  final List<String> committed = new ArrayList<>();
  final SimulatedDatabase database = new SimulatedDatabase(pace, new Watcher());
  private long sagas;

  /** Notes what is committed, in words. */
  private final class Watcher implements CommitWatcher {
    @Override
    public void started(NodeId owner, NewSaga saga) {
      committed.add("started " + saga.header().businessKey());
    }

    @Override
    public void appended(NodeId writer, SagaAppend append, boolean owned) {
      committed.add("appended " + append.records().stream().map(StoredRecord::seq).toList());
    }

    @Override
    public void claimed(NodeId owner, SagaId sagaId, boolean orphaned) {
      committed.add("claimed");
    }

    @Override
    public void freed(NodeId owner, SagaId sagaId, boolean orphaned) {
      committed.add(orphaned ? "freed as an orphan" : "freed");
    }

    @Override
    public void posted(StoredCommand command) {
      committed.add("posted " + command.kind());
    }

    @Override
    public void joined(NodeId node, String name) {
      committed.add("joined as " + name);
    }

    @Override
    public void renewed(NodeId node) {
      committed.add("renewed");
    }

    @Override
    public void evicted(NodeId node) {
      committed.add("evicted");
    }

    @Override
    public void left(NodeId node) {
      committed.add("left");
    }
  }

  /** A process, its client, and what its wire will do. */
  final class Peer {

    final DatabaseClient store;
    final NodeId node;
    final List<Exchange> exchanges = new ArrayList<>();
    private final Deque<Fate> fates = new ArrayDeque<>();

    Peer(String name, int lanes) {
      this.store = database.connect(this::fate, pace.process(), lanes);
      this.node = store.join(name);
    }

    private Fate fate(Exchange exchange) {
      exchanges.add(exchange);
      return fates.isEmpty() ? Fate.ANSWERED : fates.remove();
    }

    /** What becomes of its next exchanges. */
    Peer meets(Fate... next) {
      fates.addAll(List.of(next));
      return this;
    }

    /** Begins to append records. */
    CompletableFuture<Void> appends(SagaId saga, long... seqs) {
      return does(append(saga, Optional.empty(), Optional.empty(), seqs));
    }

    CompletableFuture<Void> releases(SagaId saga, Release release) {
      return does(append(saga, Optional.empty(), Optional.of(release)));
    }

    CompletableFuture<Void> ends(SagaId saga, long... seqs) {
      return does(append(saga, Optional.of(SagaStatus.COMPLETED), Optional.empty(), seqs));
    }

    /** Appends to the journal alone, so that the saga's row doesn't change. */
    CompletableFuture<Void> notes(SagaId saga, long seq) {
      return does(note(saga, seq));
    }

    private CompletableFuture<Void> does(SagaAppend append) {
      CompletableFuture<Void> told = store.append(node, append).toCompletableFuture();
      pace.settle();
      return told;
    }

    CompletableFuture<StartResult> starts(NewSaga saga) {
      CompletableFuture<StartResult> told = store.start(node, saga).toCompletableFuture();
      pace.settle();
      return told;
    }

    /** Starts sagas in one batch. */
    List<CompletableFuture<StartResult>> startAtOnce(List<NewSaga> sagas) {
      List<CompletableFuture<StartResult>> told =
          sagas.stream().map(saga -> store.start(node, saga).toCompletableFuture()).toList();
      pace.settle();
      return told;
    }

    SagaId started(String key) {
      NewSaga saga = saga(key);
      starts(saga).join();
      return saga.header().id();
    }

    /** Starts a saga that is due then, and that nobody owns. */
    SagaId due(String key) {
      SagaId saga = started(key);
      releases(saga, Release.until(NOW)).join();
      return saga;
    }

    Call<Boolean> evicts(NodeId victim) {
      return call(
          () -> {
            store.evict(victim);
            return true;
          });
    }

    Call<Boolean> leaves() {
      return call(
          () -> {
            store.leave(node, Set.of());
            return true;
          });
    }

    Call<Boolean> beats() {
      return call(() -> !store.heartbeat(node).isEmpty());
    }

    Call<List<ClaimedSaga>> claims() {
      return call(() -> store.claim(node, Set.of(ORDERS), NOW, 10));
    }

    Call<Integer> releasesOrphans() {
      return call(() -> store.releaseOrphans(10));
    }

    Call<Optional<SagaStatus>> posts(SagaId saga) {
      return call(
          () -> store.post(saga, NewCommand.of(CommandKind.CANCEL, "ann", "changed my mind")));
    }

    Call<NodeId> joinsAs(String name) {
      return call(() -> store.join(name));
    }

    private <T> Call<T> call(Callable<T> body) {
      Call<T> call = pace.call(body);
      pace.settle();
      return call;
    }
  }

  /** One whose store has one lane, as most of what is to be seen needs no more. */
  Peer process(String name) {
    return new Peer(name, 1);
  }

  Peer processWithLanes(String name, int lanes) {
    return new Peer(name, lanes);
  }

  /** A saga to be started, with an id that is larger than those before it. */
  NewSaga saga(String key) {
    SagaId id = new SagaId(new UUID(0, ++sagas));
    return new NewSaga(new SagaHeader(id, ORDERS, key), record(1));
  }

  /** The numbers in a saga's journal. */
  List<Long> journal(SagaId saga) {
    return database.load(saga).orElseThrow().journal().stream().map(StoredRecord::seq).toList();
  }

  private static SagaAppend append(
      SagaId saga, Optional<SagaStatus> status, Optional<Release> release, long... seqs) {
    List<StoredRecord> records = LongStream.of(seqs).mapToObj(Scene::record).toList();
    return new SagaAppend(saga, records, status, release, List.of(), true);
  }

  static SagaAppend note(SagaId saga, long seq) {
    return new SagaAppend(
        saga, List.of(record(seq)), Optional.empty(), Optional.empty(), List.of(), false);
  }

  private static StoredRecord record(long seq) {
    return new StoredRecord(seq, NOW, "STEP_COMPLETED", "reserve", 1, null, null, null, null, null);
  }
}
