package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.completed;
import static io.sagaflow.testkit.Rows.newSaga;
import static io.sagaflow.testkit.Rows.stepCompleted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store that is open, with a node that has joined it, and the words of its contracts. */
abstract class StoreContract {

  static final DefinitionRef ORDERS = new DefinitionRef("place-order", 1);
  static final DefinitionRef REFUNDS = new DefinitionRef("refund-order", 3);
  static final Set<DefinitionRef> ALL = Set.of(ORDERS, REFUNDS);
  static final Instant NOW = Instant.parse("2030-01-01T12:00:00.123456Z");

  @SuppressWarnings("NullAway.Init") // set before each test
  SagaStore store;

  @SuppressWarnings("NullAway.Init") // set before each test
  NodeId node;

  private long lastId;

  /** Creates an empty store, not opened yet; it is closed after the test. */
  abstract SagaStore createStore();

  @BeforeEach
  final void openStore() {
    store = createStore();
    store.open();
    node = store.join("node-1");
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  SagaId started(DefinitionRef definition, String key) {
    return get(store.start(node, newSaga(definition, key))).sagaId();
  }

  /** Starts a saga with an id of that millisecond, in the order of the calls. */
  SagaId startedAt(Instant instant, DefinitionRef definition, String key) {
    UUID bound = SagaId.boundAt(instant).value();
    SagaId id = new SagaId(new UUID(bound.getMostSignificantBits() | 0x7000L, ++lastId));
    assertThat(get(store.start(node, newSaga(id, definition, key))).sagaId()).isEqualTo(id);
    return id;
  }

  SagaId released(DefinitionRef definition, String key, Instant wakeAt) {
    SagaId id = started(definition, key);
    get(store.append(node, release(id, Release.until(wakeAt))));
    return id;
  }

  ClaimedSaga dieAndClaim(String successor) {
    store.evict(node);
    node = store.join(successor);
    assertThat(store.releaseOrphans(10)).isEqualTo(1);
    return only(store.claim(node, ALL, NOW, 10));
  }

  List<StoredRecord> journal(SagaId id) {
    return store.load(id).orElseThrow().journal();
  }

  static SagaAppend records(SagaId id, StoredRecord... rows) {
    return append(id, rows, Optional.empty(), Optional.empty(), List.of(), false);
  }

  static SagaAppend progress(SagaId id, StoredRecord... rows) {
    return append(id, rows, Optional.empty(), Optional.empty(), List.of(), true);
  }

  static SagaAppend consuming(SagaId id, long command, StoredRecord... rows) {
    return append(id, rows, Optional.empty(), Optional.empty(), List.of(command), false);
  }

  static SagaAppend release(SagaId id, Release release) {
    return append(
        id, new StoredRecord[0], Optional.empty(), Optional.of(release), List.of(), false);
  }

  static SagaAppend turned(SagaId id) {
    return append(
        id,
        new StoredRecord[] {Rows.turnedBack(2)},
        Optional.of(SagaStatus.COMPENSATING),
        Optional.empty(),
        List.of(),
        true);
  }

  static SagaAppend ending(SagaId id) {
    return append(
        id,
        new StoredRecord[] {stepCompleted(2, "a"), completed(3)},
        Optional.of(SagaStatus.COMPLETED),
        Optional.of(Release.untilCommand()),
        List.of(),
        true);
  }

  static SagaAppend ending(SagaId id, SagaStatus status, Instant at) {
    StoredRecord last = status == SagaStatus.COMPLETED ? Rows.completed(2) : Rows.compensated(2);
    return append(
        id,
        new StoredRecord[] {Rows.at(at, last)},
        Optional.of(status),
        Optional.of(Release.untilCommand()),
        List.of(),
        true);
  }

  static SagaAppend stuck(SagaId id, Release release, StoredRecord row) {
    return append(
        id,
        new StoredRecord[] {row},
        Optional.of(SagaStatus.STUCK),
        Optional.of(release),
        List.of(),
        true);
  }

  static SagaAppend append(
      SagaId id,
      StoredRecord[] rows,
      Optional<SagaStatus> status,
      Optional<Release> release,
      List<Long> consumed,
      boolean progress) {
    return new SagaAppend(id, List.of(rows), status, release, consumed, progress);
  }

  static long beats(List<NodeBeat> beats, NodeId of) {
    return beats.stream().filter(beat -> beat.node().equals(of)).findAny().orElseThrow().beats();
  }

  static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.get(0);
  }

  static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  static void assertFails(CompletionStage<?> stage, Class<? extends RuntimeException> with) {
    assertThatThrownBy(() -> get(stage))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(with);
  }

  static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
