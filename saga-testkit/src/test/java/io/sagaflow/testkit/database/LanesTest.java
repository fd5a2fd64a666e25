package io.sagaflow.testkit.database;

import static io.sagaflow.testkit.database.Scene.TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.StartResult;
import io.sagaflow.testkit.database.Scene.Peer;
import io.sagaflow.testkit.database.SteppedPace.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Several lanes of a process. The scene numbers its sagas, so they take turns at the lanes. */
@SuppressWarnings("FutureReturnValueIgnored") // the database shows what became of a write
class LanesTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Scene scene = new Scene();
  private final Peer a = scene.processWithLanes("a", 2);
  private final Peer b = scene.processWithLanes("b", 2);

  @Test
  void givenBatchUnderWay_whenASagaOfAnotherLaneWrites_thenItDoesNotWaitForIt() {
    SagaId first = a.started("order-1");
    SagaId second = a.started("order-2");
    SagaId third = a.started("order-3");
    a.meets(Fate.ANSWERED.within(TEN_SECONDS, Duration.ZERO)).notes(first, 2);

    CompletableFuture<Void> other = a.notes(second, 2);
    CompletableFuture<Void> same = a.notes(third, 2);

    assertThat(other).isCompleted();
    assertThat(same).isNotDone();
  }

  @Test
  void givenBatchesOfBothLanesInDoubt_whenTheirNodeIsEvicted_thenItWaitsForBoth() {
    SagaId first = a.started("order-1");
    SagaId second = a.started("order-2");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(first, 2);
    a.meets(Fate.committedAfter(TEN_SECONDS.plus(TEN_SECONDS))).notes(second, 2);
    a.store.disconnect(); // or its repeats would take part

    Call<?> evict = b.evicts(a.node);
    scene.pace.advance(TEN_SECONDS);
    boolean afterOne = evict.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(afterOne).isFalse();
    assertThat(evict.isDone()).isTrue();
    assertThat(scene.journal(first)).containsExactly(1L, 2L);
    assertThat(scene.journal(second)).containsExactly(1L, 2L);
  }

  @Test
  void givenNodeThatIsEvicted_whenItsLanesWrite_thenBothAreFenced() {
    SagaId first = a.started("order-1");
    SagaId second = a.started("order-2");
    b.evicts(a.node);

    List<CompletableFuture<Void>> writes = List.of(a.notes(first, 2), a.notes(second, 2));

    assertThat(writes)
        .allSatisfy(
            write ->
                assertThat(write.handle((done, failure) -> failure).join())
                    .isInstanceOf(NodeFencedException.class));
  }

  @Test
  void givenNodeWithFewerLanes_whenALaneThatItHasNotWrites_thenItIsFenced() {
    Peer narrow = scene.process("n");
    NewSaga saga = scene.saga("order-1");

    CompletableFuture<StartResult> start = a.store.start(narrow.node, saga).toCompletableFuture();
    scene.pace.settle();

    assertThat(start.handle((done, failure) -> failure).join())
        .isInstanceOf(NodeFencedException.class);
  }

  /** As PostgreSQL fails one of two statements that wait for each other, with SQLState 40P01. */
  @Test
  void givenLanesThatStartTheSameKeysInAnotherOrder_whenTheyWaitForEachOther_thenBothGetThrough() {
    List<NewSaga> ones = new ArrayList<>();
    List<NewSaga> others = new ArrayList<>();
    for (String key : List.of("a", "x", "b")) {
      ones.add(scene.saga(key));
      others.add(scene.saga(key.equals("a") ? "b" : key.equals("b") ? "a" : "y"));
    }
    startInDoubt("x");
    startInDoubt("y");
    occupyBothLanes();

    List<CompletableFuture<StartResult>> started = new ArrayList<>(a.startAtOnce(ones));
    started.addAll(a.startAtOnce(others));
    scene.pace.advance(MINUTE);

    assertThat(scene.database.cycles()).isEqualTo(1);
    assertThat(started).allMatch(CompletableFuture::isDone);
    assertThat(started.stream().filter(each -> each.join().created())).hasSize(4);
  }

  private void startInDoubt(String key) {
    Peer process = scene.process("starts-" + key);
    process.meets(Fate.abortedAfter(TEN_SECONDS.plus(TEN_SECONDS))).starts(scene.saga(key));
    process.store.disconnect();
  }

  /** So that the next writes share a batch. */
  private void occupyBothLanes() {
    for (String key : List.of("first", "second")) {
      a.meets(Fate.ANSWERED.within(TEN_SECONDS, Duration.ZERO)).starts(scene.saga(key));
    }
  }
}
