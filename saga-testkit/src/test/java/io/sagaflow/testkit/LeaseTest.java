package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may run sagas, and for how long. */
class LeaseTest {

  private static final Duration LEASE = Duration.ofSeconds(10);

  private final Shop shop = new Shop();

  /** A store that takes writes but can't renew leases. */
  private final class NoBeats extends ForwardingStore {
    private boolean silent;

    NoBeats() {
      super(shop.store);
    }

    @Override
    public List<NodeBeat> heartbeat(NodeId self) {
      if (silent) {
        throw new SagaStoreException("The store doesn't answer.", null);
      }
      return super.heartbeat(self);
    }
  }

  @Test
  void givenNodeThatCannotRenew_whenItsLeaseIsNearlyOver_thenItStartsNoFurtherCall() {
    NoBeats store = new NoBeats();
    VirtualNode node1 = shop.time.start(shop.builder("node-1", store));
    Duration nearlyOver = Duration.ofSeconds(9); // nobody has evicted it yet: it may still write
    shop.on("create", ctx -> shop.time.sleep(nearlyOver));
    store.silent = true;

    SagaHandle saga = shop.start(node1);
    shop.time.advance(Duration.ofMinutes(4));

    assertThat(shop.calls).containsExactly("create");
    assertThat(Shop.kinds(saga)).containsExactly("SAGA_STARTED", "STEP_COMPLETED create");
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);
  }

  @Test
  void givenNodeThatCannotRenew_whenItCanAgainAndNobodyTookOver_thenTheSagaGoesOn() {
    NoBeats store = new NoBeats();
    VirtualNode node1 = shop.time.start(shop.builder("node-1", store));
    shop.on("create", ctx -> shop.time.sleep(Duration.ofSeconds(9)));
    store.silent = true;
    SagaHandle saga = shop.start(node1);
    shop.time.advance(Duration.ofMinutes(1));

    store.silent = false;
    shop.time.advance(LEASE);

    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenNodeThatCannotRenew_whenAnotherTakesOver_thenNoCallRunsTwice() {
    NoBeats store = new NoBeats();
    VirtualNode node1 = shop.time.start(shop.builder("node-1", store));
    shop.node("node-2");
    shop.on("create", ctx -> shop.time.sleep(Duration.ofSeconds(9)));
    store.silent = true;

    SagaHandle saga = shop.start(node1);
    shop.time.advance(LEASE.multipliedBy(3));

    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenLivingNodes_whenMuchTimePasses_thenNobodyIsEvicted() {
    shop.node("node-1");
    shop.node("node-2");
    List<NodeId> before = shop.store.nodes().stream().map(NodeBeat::node).toList();

    shop.time.advance(Duration.ofMinutes(10));

    assertThat(shop.store.nodes()).extracting(NodeBeat::node).isEqualTo(before);
  }

  @Test
  void givenTwoProcessesOfOneName_whenTheOlderFindsOut_thenItStopsAndTheYoungerWorksOn() {
    VirtualNode older = shop.node("node-1");
    shop.on("reserve", ctx -> shop.time.hang());
    SagaHandle saga = shop.start(older);
    shop.time.settle();
    shop.on("reserve", ctx -> {});

    VirtualNode younger = shop.node("node-1");
    shop.time.advance(LEASE);

    assertSound(shop, shop.find(younger), SagaStatus.COMPLETED);
    assertThatThrownBy(() -> saga.await(SOON)).isInstanceOf(CoordinatorClosedException.class);
    assertThat(shop.store.nodes()).extracting(NodeBeat::name).containsExactly("node-1");
    assertThat(younger.coordinator().start(shop.placeOrder, "order-43", ORDER).await(SOON))
        .matches(SagaOutcome::isCompleted);
  }

  @Test
  void givenTwoProcessesOfOneName_whenASagaIsStartedOnTheOlder_thenClosedAndNothingIsWritten() {
    VirtualNode older = shop.node("node-1");
    shop.node("node-1");

    assertThatThrownBy(() -> shop.start(older)) // it doesn't know yet
        .isInstanceOf(CoordinatorClosedException.class);
    shop.time.settle();
    assertThatThrownBy(() -> shop.start(older)).isInstanceOf(CoordinatorClosedException.class);
    assertThat(shop.store.find("place-order", "order-42")).isEmpty();
  }
}
