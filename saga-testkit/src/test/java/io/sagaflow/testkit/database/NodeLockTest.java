package io.sagaflow.testkit.database;

import static io.sagaflow.testkit.database.Scene.TEN_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.testkit.database.Scene.Peer;
import io.sagaflow.testkit.database.SteppedPace.Call;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The fence: what a node's rows let pass, and what waits at them. */
@SuppressWarnings("FutureReturnValueIgnored") // the database shows what became of a write
class NodeLockTest {

  private final Scene scene = new Scene();
  private final Peer a = scene.process("a");
  private final Peer b = scene.process("b");

  @Test
  void givenBatchInDoubt_whenItsNodeIsEvicted_thenTheEvictionWaitsUntilItIsDecided() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(saga, 2);

    Call<?> evict = b.evicts(a.node);

    assertThat(scene.database.waits()).contains(new Wait(b.store, Exchange.EVICT, Set.of(a.store)));
    a.store.disconnect(); // or its repeats would take part
    scene.pace.advance(TEN_SECONDS);
    assertThat(evict.isDone()).isTrue();
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
    assertThat(scene.database.isAlive(a.node)).isFalse();
  }

  @Test
  void givenEvictionInDoubt_whenTheNodeWrites_thenItWaitsAndIsFenced() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).evicts(a.node);

    CompletableFuture<Void> append = a.notes(saga, 2);
    boolean waited = !append.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(append.handle((done, failure) -> failure).join())
        .isInstanceOf(NodeFencedException.class);
    assertThat(scene.journal(saga)).containsExactly(1L);
  }

  @Test
  void givenEvictionInDoubt_whenItIsAborted_thenTheBatchThatWaitedIsWritten() {
    SagaId saga = a.started("order-1");
    b.meets(Fate.abortedAfter(TEN_SECONDS)).evicts(a.node);
    CompletableFuture<Void> append = a.notes(saga, 2);

    scene.pace.advance(TEN_SECONDS);

    assertThat(append).isCompleted();
    assertThat(scene.journal(saga)).containsExactly(1L, 2L);
  }

  /** A KEY SHARE conflicts with nobody who holds the row, so it doesn't queue behind the DELETE. */
  @Test
  void givenEvictionThatWaits_whenTheNodeWritesOn_thenTheBatchPassesIt() {
    SagaId first = a.started("order-1");
    SagaId second = a.started("order-2");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(first, 2);
    Call<?> evict = b.evicts(a.node);
    Peer zombie = scene.process("z");

    CompletableFuture<?> append =
        zombie.store.append(a.node, Scene.note(second, 2)).toCompletableFuture();
    scene.pace.settle();

    assertThat(append).isCompleted();
    assertThat(evict.isDone()).isFalse();
  }

  @Test
  void givenBatchAndClaimInDoubt_whenTheNodeRenewsItsLease_thenItPasses() {
    SagaId saga = a.started("order-1");
    a.due("order-2");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(saga, 2);
    a.meets(Fate.committedAfter(TEN_SECONDS)).claims();

    assertThat(a.beats().get()).isTrue();
  }

  @Test
  void givenHeartbeatInDoubt_whenTheNodeRenewsAgain_thenItWaits() {
    a.meets(Fate.committedAfter(TEN_SECONDS)).beats();

    Call<?> beat = a.beats();
    boolean waited = !beat.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(beat.isDone()).isTrue();
    assertThat(scene.committed).filteredOn("renewed"::equals).hasSize(2);
  }

  @Test
  void givenClaimInDoubt_whenItsNodeIsEvicted_thenTheEvictionWaits() {
    a.due("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).claims();

    Call<?> evict = b.evicts(a.node);

    assertThat(evict.isDone()).isFalse();
    scene.pace.advance(TEN_SECONDS);
    assertThat(evict.isDone()).isTrue();
    assertThat(b.releasesOrphans().get()).isEqualTo(1);
  }

  @Test
  void givenEvictionInDoubt_whenTheNodeClaims_thenItWaitsAndIsFenced() {
    a.due("order-1");
    b.meets(Fate.committedAfter(TEN_SECONDS)).evicts(a.node);

    Call<?> claim = a.claims();
    boolean waited = !claim.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(claim.failure()).isInstanceOf(NodeFencedException.class);
    assertThat(b.claims().get()).hasSize(1);
  }

  /** The claim's snapshot is as old as its wait. */
  @Test
  void givenClaimThatWaits_whenASagaBecomesDueMeanwhile_thenItIsNotClaimed() {
    SagaId saga = b.started("order-1");
    b.meets(Fate.abortedAfter(TEN_SECONDS)).evicts(a.node);
    Call<?> claim = a.claims();
    b.releases(saga, Release.until(Scene.NOW));

    scene.pace.advance(TEN_SECONDS);

    assertThat(claim.get()).isEqualTo(List.of());
  }

  /**
   * The rows are deleted as they lie, and a renewal moves the heartbeat row behind the slot row.
   */
  @Test
  void givenEvictionThatWaitsForABatch_whenTheNodeRenews_thenItPassesIfItHadRenewedBefore() {
    SagaId saga = a.started("order-1");
    SagaId other = b.started("order-2");
    a.beats();
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(saga, 2);
    b.meets(Fate.committedAfter(TEN_SECONDS)).notes(other, 2);
    Peer c = scene.process("c");
    c.evicts(a.node);
    c.evicts(b.node);

    assertThat(a.beats().isDone()).isTrue();
    assertThat(b.beats().isDone()).isFalse();
  }

  @Test
  void givenEvictionThatWaitsTooLong_whenItIsCancelled_thenItThrowsAndHoldsNothing() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(Duration.ofMinutes(1))).notes(saga, 2);
    a.store.disconnect();
    Call<?> evict = b.evicts(a.node);

    scene.pace.advance(Duration.ofSeconds(30));

    assertThat(evict.failure()).isInstanceOf(SagaStoreException.class);
    assertThat(scene.database.waits()).isEmpty();
    scene.pace.advance(Duration.ofSeconds(30));
    assertThat(scene.database.isAlive(a.node)).isTrue();
    assertThat(scene.database.anyLockHeld()).isFalse();
  }

  @Test
  void givenJoinInDoubt_whenAnotherJoinsUnderTheName_thenItWaitsAndSupersedes() {
    a.meets(Fate.committedAfter(TEN_SECONDS)).joinsAs("new");

    Call<NodeId> join = b.joinsAs("new");
    boolean waited = !join.isDone();
    scene.pace.advance(TEN_SECONDS);

    assertThat(waited).isTrue();
    assertThat(scene.database.isAlive(join.get())).isTrue();
    assertThat(scene.committed).filteredOn("joined as new"::equals).hasSize(2);
    assertThat(b.store.nodes()).filteredOn(beat -> beat.name().equals("new")).hasSize(1);
  }

  @Test
  void givenBatchInDoubt_whenASuccessorJoins_thenTheJoinWaits() {
    SagaId saga = a.started("order-1");
    a.meets(Fate.committedAfter(TEN_SECONDS)).notes(saga, 2);

    Call<NodeId> join = b.joinsAs("a");

    assertThat(join.isDone()).isFalse();
    a.store.disconnect();
    scene.pace.advance(TEN_SECONDS);
    assertThat(join.isDone()).isTrue();
  }
}
