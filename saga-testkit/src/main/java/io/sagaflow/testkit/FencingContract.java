package io.sagaflow.testkit;

import static io.sagaflow.testkit.Rows.newSaga;
import static io.sagaflow.testkit.Rows.stepCompleted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaId;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How a node that has lost its lease is kept from writing. */
abstract class FencingContract extends StoreContract {

  @Test
  void givenEvictedNode_whenItWrites_thenItIsFencedAndNothingIsWritten() {
    SagaId id = started(ORDERS, "order-42");
    store.evict(node);

    assertFails(
        store.append(node, records(id, stepCompleted(2, "late"))), NodeFencedException.class);
    NewSaga late = newSaga(ORDERS, "late");
    assertFails(store.start(node, late), NodeFencedException.class);

    assertThat(journal(id)).hasSize(1);
    assertThat(store.load(late.header().id())).isEmpty();
  }

  @Test
  void givenEvictedNode_whenItAsks_thenItIsFenced() {
    store.evict(node);

    assertThatThrownBy(() -> store.heartbeat(node)).isInstanceOf(NodeFencedException.class);
    assertThatThrownBy(() -> store.claim(node, ALL, NOW, 10))
        .isInstanceOf(NodeFencedException.class);
  }

  @Test
  void givenSilentNode_whenEvictedAsSilent_thenItIsFenced() {
    NodeBeat seen = store.nodes().get(0);

    boolean evicted = store.evictIfSilent(seen);

    assertThat(evicted).isTrue();
    assertThatThrownBy(() -> store.heartbeat(node)).isInstanceOf(NodeFencedException.class);
  }

  @Test
  void givenNodeThatHasRenewedItsLease_whenEvictedAsSilent_thenItKeepsIt() {
    NodeBeat seen = store.nodes().get(0);
    store.heartbeat(node);

    boolean evicted = store.evictIfSilent(seen);

    assertThat(evicted).isFalse();
    assertThat(store.heartbeat(node)).extracting(NodeBeat::node).containsExactly(node);
  }

  @Test
  void givenNodeWithoutLease_whenEvictedAsSilent_thenItHasNone() {
    boolean evicted = store.evictIfSilent(new NodeBeat(new NodeId(UUID.randomUUID()), "b", 1));

    assertThat(evicted).isTrue();
    assertThat(store.nodes()).extracting(NodeBeat::node).containsExactly(node);
  }

  @Test
  void givenNodeWithoutLease_whenEvicted_thenNothingHappens() {
    store.evict(new NodeId(UUID.randomUUID()));

    assertThat(store.nodes()).extracting(NodeBeat::node).containsExactly(node);
  }

  @Test
  void givenNodeName_whenAnotherJoinsUnderIt_thenTheFormerIsFenced() {
    SagaId id = started(ORDERS, "order-42");

    NodeId successor = store.join("node-1");

    assertThat(successor).isNotEqualTo(node);
    assertFails(
        store.append(node, records(id, stepCompleted(2, "late"))), NodeFencedException.class);
    assertThat(store.nodes()).extracting(NodeBeat::node).containsExactly(successor);
  }

  @Test
  void givenHeartbeats_whenAnotherNodeLooks_thenTheCounterMoves() {
    NodeId other = store.join("node-2");
    long before = beats(store.heartbeat(other), node);

    store.heartbeat(node);
    store.heartbeat(node);

    assertThat(beats(store.heartbeat(other), node)).isEqualTo(before + 2);
    assertThat(store.nodes()).extracting(NodeBeat::name).containsOnly("node-1", "node-2");
  }
}
