package io.sagaflow.testkit.database;

import static io.sagaflow.testkit.database.Scene.TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.testkit.database.Scene.Peer;
import io.sagaflow.testkit.database.SteppedPace.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The lane of a process: batches, what waits behind one, and its end. */
@SuppressWarnings("FutureReturnValueIgnored") // the database shows what became of a write
class LaneTest {

  private final Scene scene = new Scene();
  private final Peer a = scene.process("a");
  private final Peer b = scene.process("b");

  private List<SagaId> started(int count) {
    return IntStream.range(0, count).mapToObj(i -> a.started("order-" + i)).toList();
  }

  private long batches() {
    return a.exchanges.stream().filter(Exchange.BATCH::equals).count();
  }

  @Test
  void givenBatchUnderWay_whenManyWrite_thenTheyShareTheNextUpTo500() {
    List<SagaId> sagas = started(502);
    a.meets(Fate.ANSWERED.within(TEN_SECONDS, Duration.ZERO));
    sagas.subList(0, 1).forEach(saga -> a.notes(saga, 2));
    long before = batches();
    List<CompletableFuture<Void>> behind =
        sagas.subList(1, 502).stream().map(saga -> a.notes(saga, 2)).toList();

    scene.pace.advance(TEN_SECONDS);

    assertThat(behind).allMatch(CompletableFuture::isDone);
    assertThat(batches()).isEqualTo(before + 2);
  }

  @Test
  void givenSeveralWritesOfASaga_whenTheyWait_thenEachBatchHoldsOneAndTheirOrderIsKept() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.ANSWERED.within(TEN_SECONDS, Duration.ZERO));
    long before = batches();
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (long seq = 2; seq <= 4; seq++) {
      writes.add(a.notes(saga, seq));
    }

    scene.pace.advance(TEN_SECONDS);

    assertThat(writes).allMatch(write -> !write.isCompletedExceptionally());
    assertThat(scene.journal(saga)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(batches()).isEqualTo(before + 3);
  }

  @Test
  void givenRefusedWrite_whenOthersShareItsBatch_thenItFailsWithWhatIsBehindItAndTheyAreWritten() {
    List<SagaId> sagas = started(2);
    SagaId busy = a.started("busy");
    a.meets(Fate.ANSWERED.within(TEN_SECONDS, Duration.ZERO));
    a.notes(busy, 2);
    CompletableFuture<Void> refused = a.notes(sagas.get(0), 1);
    CompletableFuture<Void> good = a.notes(sagas.get(1), 2);
    CompletableFuture<Void> behind = a.notes(sagas.get(0), 2);

    scene.pace.advance(TEN_SECONDS);

    assertThat(failure(refused)).isInstanceOf(JournalRefusedException.class);
    assertThat(failure(behind)).isInstanceOf(JournalRefusedException.class);
    assertThat(good).isCompletedWithValue(null);
    assertThat(scene.journal(sagas.get(0))).containsExactly(1L);
    assertThat(scene.journal(sagas.get(1))).containsExactly(1L, 2L);
  }

  @Test
  void givenFencedNode_whenItsBatchFails_thenWhatIsBehindItFailsToo() {
    SagaId saga = a.started("order-1");
    b.evicts(a.node);
    a.meets(Fate.ANSWERED.within(Duration.ZERO, TEN_SECONDS));
    CompletableFuture<Void> first = a.notes(saga, 2);
    CompletableFuture<Void> behind = a.notes(saga, 3);

    scene.pace.advance(TEN_SECONDS);

    assertThat(failure(first)).isInstanceOf(NodeFencedException.class);
    assertThat(failure(behind)).isInstanceOf(NodeFencedException.class);
  }

  @Test
  void givenBatchThatWaits_whenItTakesTooLong_thenItIsCancelledAndRepeated() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.abortedAfter(Duration.ofSeconds(45))).posts(saga);
    long before = batches();
    CompletableFuture<Void> append = a.appends(saga, 2);

    scene.pace.advance(Duration.ofSeconds(45));

    assertThat(append).isCompletedWithValue(null);
    assertThat(batches()).isEqualTo(before + 2);
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
  }

  @Test
  void givenStoreThatIsClosed_whenWritesWait_thenTheyFailAndWhatIsUnderWayIsAnswered() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.ANSWERED.within(Duration.ZERO, TEN_SECONDS));
    CompletableFuture<Void> underWay = a.notes(saga, 2);
    CompletableFuture<Void> waiting = a.notes(saga, 3);

    a.store.close();
    CompletableFuture<Void> late = a.notes(saga, 4);
    scene.pace.advance(TEN_SECONDS);

    assertThat(failure(waiting)).isInstanceOf(SagaStoreException.class);
    assertThat(failure(late)).isInstanceOf(SagaStoreException.class);
    assertThat(underWay).isCompletedWithValue(null);
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
  }

  @Test
  void givenStoreThatIsClosed_whenABatchIsToBeRepeated_thenItFails() {
    SagaId saga = a.started("order-1");
    CompletableFuture<Void> broken = a.meets(Fate.ABORTED).notes(saga, 2);

    a.store.close();
    scene.pace.advance(TEN_SECONDS);

    assertThat(failure(broken)).isInstanceOf(SagaStoreException.class);
    assertThat(scene.journal(saga)).containsExactly(1L);
  }

  // The death of a process

  @Test
  void givenProcessThatDies_whenABatchHasReachedTheDatabase_thenItIsWrittenAndWhatWaitedIsNot() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.ANSWERED.within(Duration.ZERO, TEN_SECONDS));
    CompletableFuture<Void> underWay = a.notes(saga, 2);
    CompletableFuture<Void> waiting = a.notes(saga, 3);

    a.store.disconnect();
    scene.pace.advance(TEN_SECONDS);

    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
    assertThat(underWay).isNotDone();
    assertThat(waiting).isNotDone();
    assertThatThrownBy(() -> a.store.nodes()).isInstanceOf(SagaStoreException.class);
  }

  @Test
  void givenBatchThatWaitsForALock_whenItsProcessDies_thenItIsWrittenAllTheSame() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);
    a.appends(saga, 2);

    a.store.disconnect();
    scene.pace.advance(TEN_SECONDS);

    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
  }

  @Test
  void givenEvictionThatWaits_whenItsProcessDies_thenTheStatementIsCarriedOutAllTheSame() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(saga, 2);
    a.store.disconnect();
    Call<?> evict = b.evicts(a.node);

    evict.kill();
    scene.pace.advance(TEN_SECONDS);

    assertThat(scene.database.isAlive(a.node)).isFalse();
  }

  /** Nobody is left to ask for the commit. */
  @Test
  void givenLeaveThatWaits_whenItsProcessDies_thenTheTransactionIsAborted() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);
    Call<?> leave = a.leaves();

    leave.kill();
    scene.pace.advance(TEN_SECONDS);

    assertThat(scene.database.isAlive(a.node)).isTrue();
    assertThat(scene.database.owner(saga)).contains(a.node);
    assertThat(scene.database.anyLockHeld()).isFalse();
  }

  @Test
  void givenCallerThatCannotWait_whenItMeetsALock_thenItFailsLoudlyAndHoldsNothing() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);

    assertThat(scene.database.anyLockHeld()).isTrue();
    assertThatThrownBy(() -> a.store.leave(a.node, Set.of()))
        .isInstanceOf(IllegalStateException.class);
    scene.pace.advance(TEN_SECONDS);
    assertThat(scene.database.anyLockHeld()).isFalse();
  }

  private static Throwable failure(CompletableFuture<?> stage) {
    return stage.handle((done, failure) -> failure).join();
  }
}
