package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.stepCompleted;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the sagas of nodes that died or left become free for others. */
abstract class TakeOverContract extends StoreContract {

  @Test
  void givenLivingOwner_whenOrphansAreReleased_thenItsSagasStay() {
    started(ORDERS, "order-42");
    NodeId other = store.join("node-2");

    assertThat(store.releaseOrphans(10)).isZero();
    assertThat(store.claim(other, ALL, NOW, 10)).isEmpty();
  }

  @Test
  void givenDeadOwner_whenOrphansAreReleased_thenAnotherClaimsThemWithTheirJournal() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, records(id, stepCompleted(2, "a"))));
    store.evict(node);
    NodeId other = store.join("node-2");

    assertThat(store.releaseOrphans(10)).isEqualTo(1);
    ClaimedSaga claimed = only(store.claim(other, ALL, NOW, 10));

    assertThat(claimed.orphaned()).isTrue();
    assertThat(claimed.recoveries()).isEqualTo(1);
    assertThat(claimed.saga().journal()).extracting(StoredRecord::seq).containsExactly(1L, 2L);
    get(store.append(other, records(id, stepCompleted(3, "b"))));
  }

  @Test
  void givenSeveralDeaths_whenNoProgressIsMade_thenRecoveriesAreCounted() {
    SagaId id = started(ORDERS, "order-42");

    assertThat(dieAndClaim("node-2").recoveries()).isEqualTo(1);
    assertThat(dieAndClaim("node-3").recoveries()).isEqualTo(2);
    get(store.append(node, progress(id, stepCompleted(2, "a"))));
    assertThat(dieAndClaim("node-4").recoveries()).isEqualTo(1);
  }

  @Test
  void givenMoreOrphansThanTheLimit_whenReleased_thenInPortions() {
    IntStream.range(0, 5).forEach(i -> started(ORDERS, "order-" + i));
    store.evict(node);

    assertThat(store.releaseOrphans(3)).isEqualTo(3);
    assertThat(store.releaseOrphans(3)).isEqualTo(2);
    assertThat(store.releaseOrphans(3)).isZero();
  }

  @Test
  void givenClaimedSaga_whenItsFormerOwnerHadReleasedIt_thenItIsNotOrphaned() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, release(id, Release.until(NOW))));

    ClaimedSaga claimed = only(store.claim(node, ALL, NOW, 10));

    assertThat(claimed.orphaned()).isFalse();
    assertThat(claimed.recoveries()).isZero();
  }

  @Test
  void givenNodeThatLeaves_whenAnotherClaims_thenOnlyOpenSagasAreOrphaned() {
    SagaId quiet = started(ORDERS, "quiet");
    SagaId open = started(ORDERS, "open");
    NodeId other = store.join("node-2");

    store.leave(node, Set.of(open));
    List<ClaimedSaga> claimed = store.claim(other, ALL, NOW, 10);

    assertThat(claimed).hasSize(2);
    assertThat(claimed)
        .filteredOn(ClaimedSaga::orphaned)
        .extracting(each -> each.saga().header().id())
        .containsExactly(open);
    assertFails(
        store.append(node, records(quiet, stepCompleted(2, "late"))), NodeFencedException.class);
  }

  @Test
  void givenClaimedOrphan_whenItsOwnerLeavesBeforeItWroteAnything_thenItIsAnOrphanStill() {
    started(ORDERS, "order-42");
    dieAndClaim("node-2");
    NodeId other = store.join("node-3");

    store.leave(node, Set.of());

    assertThat(only(store.claim(other, ALL, NOW, 10)).orphaned()).isTrue();
  }

  @Test
  void givenClaimedOrphan_whenItsOwnerLeavesAfterProgress_thenItIsAnOrphanNoMore() {
    SagaId id = started(ORDERS, "order-42");
    dieAndClaim("node-2");
    NodeId other = store.join("node-3");
    get(store.append(node, progress(id, stepCompleted(2, "a"))));

    store.leave(node, Set.of());

    assertThat(only(store.claim(other, ALL, NOW, 10)).orphaned()).isFalse();
  }
}
