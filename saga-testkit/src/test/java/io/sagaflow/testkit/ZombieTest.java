package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaListener;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A node that lost its lease without knowing it writes nothing, finds out, and joins anew. */
class ZombieTest {

  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration BEYOND = LEASE.multipliedBy(2);

  private final Shop shop = new Shop();
  private final List<SagaEvent> toldByZombie = new ArrayList<>();
  private final VirtualNode zombie =
      shop.time.start(shop.builder("node-1").listener(toldByZombie::add));
  private final VirtualNode other = shop.node("node-2");

  /** Only the first attempt takes long: the one of the zombie. */
  private void takeLongOnce(String step, Duration duration) {
    int[] runs = {0};
    shop.on(
        step,
        ctx -> {
          if (runs[0]++ == 0) {
            shop.time.sleep(duration);
          }
        });
  }

  @Test
  void givenNodePausedInAnAction_whenAnotherTookOver_thenItAppendsNothing() {
    takeLongOnce("reserve", Duration.ofSeconds(1));
    SagaHandle saga = shop.start(zombie);
    shop.time.settle();
    zombie.pause();
    shop.time.advance(BEYOND);
    List<SagaEvent> journal = saga.history();
    int told = toldByZombie.size();

    zombie.resume();
    shop.time.advance(SOON);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(saga.history()).isEqualTo(journal);
    assertThat(toldByZombie).hasSize(told);
    assertThat(shop.calls)
        .containsExactly("create", "reserve", "reserve", "charge", "confirm", "receipt");
  }

  @Test
  void givenNodePausedInACompensation_whenAnotherTookOver_thenTheSagaEndsRightly() {
    Scenario.CHARGE_UNKNOWN.arrange(shop);
    takeLongOnce("~reserve", Duration.ofSeconds(1));
    SagaHandle saga = shop.start(zombie);
    shop.time.settle();
    zombie.pause();
    shop.time.advance(BEYOND);

    zombie.resume();
    shop.time.advance(SOON);

    assertSound(shop, saga, SagaStatus.COMPENSATED);
  }

  @Test
  void givenFencedNode_whenItFoundOut_thenItJoinsAnewAndRunsNewSagas() {
    NodeId before = shop.idOf("node-1");
    zombie.pause();
    shop.time.advance(BEYOND);
    assertThat(shop.store.nodes()).extracting(NodeBeat::name).containsExactly("node-2");

    zombie.resume();
    shop.time.advance(LEASE);
    SagaHandle saga = shop.start(zombie);

    assertThat(shop.idOf("node-1")).isNotEqualTo(before);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(toldByZombie).hasSize(7);
  }

  @Test
  void givenFencedNode_whenItStartsASagaBeforeItFoundOut_thenItJoinsAnewForIt() {
    zombie.pause();
    shop.time.advance(BEYOND);

    zombie.resume();
    SagaHandle saga = shop.start(zombie); // at once: no heartbeat in between

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "confirm", "receipt");
  }

  @Test
  void givenFencedNode_whenOthersAreKilledToo_thenItClaimsItsFormerSagaAgain() {
    shop.on("reserve", ctx -> shop.time.hang());
    SagaHandle saga = shop.start(zombie);
    shop.time.settle();
    zombie.pause();
    shop.time.advance(BEYOND);
    other.kill();
    shop.on("reserve", ctx -> {});

    zombie.resume();
    shop.time.advance(LEASE.multipliedBy(3));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenWaiterOnTheZombie_whenAnotherNodeEndsTheSaga_thenTheWaiterLearnsOfIt() {
    takeLongOnce("reserve", Duration.ofSeconds(1));
    SagaHandle saga = shop.start(zombie);
    shop.time.settle();
    CompletableFuture<SagaOutcome> completion = saga.completion().toCompletableFuture();
    zombie.pause();
    shop.time.advance(BEYOND);

    zombie.resume();
    shop.time.advance(LEASE);

    assertThat(completion).isCompletedWithValueMatching(SagaOutcome::isCompleted);
  }

  @Test
  void givenCallThatIsQueued_whenTheNodeIsPausedBeyondItsLease_thenItNeverBegins() {
    Scenario.CHARGE_UNKNOWN.arrange(shop);
    VirtualNode[] node = new VirtualNode[1];
    SagaListener pausing =
        event -> {
          if (event.kind() == RecordKind.STEP_COMPLETED) {
            node[0].pause(); // the next call is decided and has no thread yet
          }
        };
    node[0] = shop.time.start(shop.builder("node-3").listener(pausing));
    SagaHandle saga = shop.start(node[0]);
    shop.time.advance(BEYOND);
    List<String> calls = List.copyOf(shop.calls);

    node[0].resume();
    shop.time.advance(SOON);

    assertSound(shop, saga, SagaStatus.COMPENSATED);
    assertThat(shop.calls).isEqualTo(calls);
  }
}
