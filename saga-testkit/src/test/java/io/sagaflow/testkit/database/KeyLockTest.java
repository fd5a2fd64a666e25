package io.sagaflow.testkit.database;

import static io.sagaflow.testkit.database.Scene.TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.StartResult;
import io.sagaflow.testkit.database.Scene.Peer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An insert that meets the key of a writer in doubt. */
@SuppressWarnings("FutureReturnValueIgnored") // the database shows what became of a write
class KeyLockTest {

  private final Scene scene = new Scene();
  private final Peer a = scene.process("a");
  private final Peer b = scene.process("b");

  @Test
  void givenStartInDoubtThatIsCommitted_whenAnotherStartsTheKey_thenItWaitsAndLearnsTheHolder() {
    NewSaga first = scene.saga("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).starts(first);

    CompletableFuture<StartResult> second = b.starts(scene.saga("order-1"));
    boolean waited = !second.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(second).isCompletedWithValue(new StartResult(first.header().id(), false));
  }

  @Test
  void givenStartInDoubtThatIsAborted_whenAnotherStartsTheKey_thenItHasTheKey() {
    a.meets(Fate.abortedAfter(TEN_SECONDS)).starts(scene.saga("order-1"));
    a.store.disconnect();

    NewSaga second = scene.saga("order-1");
    CompletableFuture<StartResult> result = b.starts(second);
    scene.pace.advance(TEN_SECONDS);

    assertThat(result).isCompletedWithValue(new StartResult(second.header().id(), true));
  }

  /** Whether the key is taken depends on that row, and what happens to it isn't known yet. */
  @Test
  void givenChangeInDoubtOfTheSagaThatHasAKey_whenAnotherStartsTheKey_thenItWaits() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).posts(saga);

    CompletableFuture<StartResult> second = b.starts(scene.saga("order-1"));
    boolean waited = !second.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(second).isCompletedWithValue(new StartResult(saga, false));
  }

  @Test
  void givenTwoStartsOfAKeyInOneBatch_whenWritten_thenTheSmallerIdHasIt() {
    SagaId busy = a.started("busy");
    NewSaga first = scene.saga("order-1");
    NewSaga second = scene.saga("order-1");
    a.store.append(a.node, Scene.note(busy, 2));
    CompletableFuture<StartResult> later = a.store.start(a.node, second).toCompletableFuture();
    CompletableFuture<StartResult> earlier = a.store.start(a.node, first).toCompletableFuture();
    scene.pace.settle();

    assertThat(earlier).isCompletedWithValue(new StartResult(first.header().id(), true));
    assertThat(later).isCompletedWithValue(new StartResult(first.header().id(), false));
    assertThat(a.exchanges).filteredOn(Exchange.BATCH::equals).hasSize(2);
  }

  @Test
  void givenRecordInDoubtThatIsCommitted_whenAnotherWritesItsNumber_thenItWaitsAndIsRefused() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(saga, 2);
    a.store.disconnect();

    CompletableFuture<Void> other = b.notes(saga, 2);
    boolean waited = !other.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(other.handle((done, failure) -> failure).join())
        .isInstanceOf(JournalRefusedException.class);
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
  }

  @Test
  void givenRecordInDoubtThatIsAborted_whenAnotherWritesItsNumber_thenItIsWritten() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.abortedAfter(TEN_SECONDS)).notes(saga, 2);
    a.store.disconnect();
    CompletableFuture<Void> other = b.notes(saga, 2);

    scene.pace.advance(TEN_SECONDS);

    assertThat(other).isCompleted();
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
  }

  /**
   * A batch orders its starts by saga and not by key, so two can hold one key each and want the
   * other's: while both wait for what a third holds in doubt.
   */
  @Test
  void givenBatchesThatWaitForEachOther_whenTheCycleCloses_thenTheOneThatClosesItIsRepeated() {
    NewSaga inDoubt = scene.saga("z");
    List<NewSaga> ofA = Stream.of("x", "z", "y").map(scene::saga).toList();
    List<NewSaga> ofB = Stream.of("y", "x").map(scene::saga).toList();
    Peer c = scene.process("c");
    c.meets(Fate.committedAfter(TEN_SECONDS)).starts(inDoubt);
    c.store.disconnect();
    List<CompletableFuture<StartResult>> byA = a.startAtOnce(ofA);
    List<CompletableFuture<StartResult>> byB = b.startAtOnce(ofB);

    scene.pace.advance(TEN_SECONDS.plusSeconds(1));

    assertThat(byB).map(CompletableFuture::join).allMatch(StartResult::created);
    assertThat(byA).map(CompletableFuture::join).noneMatch(StartResult::created);
    assertThat(a.exchanges).filteredOn(Exchange.BATCH::equals).hasSize(2);
    assertThat(scene.database.anyLockHeld()).isFalse();
  }
}
