package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NodeBeat;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How soon the sagas of a node that is gone run again, with the default options. */
class TakeOverTest {

  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration AFTER_DEATH = LEASE.plusSeconds(2);
  private static final Duration AFTER_RESTART = Duration.ofSeconds(1);

  private final Shop shop = new Shop();

  /** A node that has the order, which waits in its second step. */
  private VirtualNode nodeWithTheOrder() {
    VirtualNode node = shop.node("node-1");
    shop.on("reserve", ctx -> shop.time.hang());
    shop.start(node);
    shop.time.settle();
    return node;
  }

  private void assertCompletes(VirtualNode node, Duration within) {
    shop.on("reserve", ctx -> {});
    SagaHandle saga = shop.find(node);
    shop.time.advanceUntil(() -> saga.status() == SagaStatus.COMPLETED, within);
    assertSound(shop, saga, SagaStatus.COMPLETED);
  }

  /** Whenever it dies between two beats of its own, and of the other's. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 249, 250, 251, 499, 500, 501, 777, 1_250, 2_499, 2_500, 9_999})
  void givenKilledNode_whenItsLeaseIsOver_thenItsSagasRunWithinTwoSeconds(int millis) {
    VirtualNode dying = nodeWithTheOrder();
    shop.time.advance(Duration.ofMillis(millis / 3));
    VirtualNode other = shop.node("node-2");
    shop.time.advance(Duration.ofMillis(millis));

    dying.kill();

    assertCompletes(other, AFTER_DEATH);
  }

  /** Its last heartbeat is the last thing that it does, and is seen as late as can be. */
  @Test
  void givenNodeThatDiesRightAfterItsHeartbeat_whenItsLeaseIsOver_thenItsSagasRunInTime() {
    VirtualNode other = shop.node("node-2"); // has always just looked when that one beats
    shop.time.advance(Duration.ofMillis(1));
    VirtualNode dying = nodeWithTheOrder();
    long beats = beatsOf("node-1");
    shop.time.advanceUntil(() -> beatsOf("node-1") > beats, LEASE);

    dying.kill();

    assertCompletes(other, AFTER_DEATH);
  }

  private long beatsOf(String name) {
    return shop.store.nodes().stream()
        .filter(node -> node.name().equals(name))
        .mapToLong(NodeBeat::beats)
        .sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 333, 2_500, 60_000})
  void givenKilledNode_whenItIsStartedAgainUnderItsName_thenItsSagasRunWithinASecond(int millis) {
    VirtualNode dying = nodeWithTheOrder();
    dying.kill();
    shop.time.advance(Duration.ofMillis(millis));
    shop.on("reserve", ctx -> {});

    VirtualNode restarted = shop.node("node-1");

    assertCompletes(restarted, AFTER_RESTART);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 333, 500, 777})
  void givenNodeThatIsClosed_whenItHasGivenItsSagasBack_thenTheyRunWithinASecond(int millis) {
    VirtualNode other = shop.node("node-2");
    shop.time.advance(Duration.ofMillis(millis));
    VirtualNode closing = nodeWithTheOrder();

    closing.coordinator().close();

    assertCompletes(other, AFTER_RESTART);
  }

  /** One node finds out and frees the sagas, and hasn't their definition; the other only claims. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 250, 499, 777, 2_499})
  void givenSagasFreedByOneNode_whenAnotherHasToClaimThem_thenTheyRunInTimeAllTheSame(int millis) {
    VirtualNode dying = nodeWithTheOrder();
    VirtualNode claiming = shop.time.start(shop.builder("node-2", new NeverFreeing()));
    shop.time.advance(Duration.ofMillis(millis / 2));
    SagaDefinition<String> other =
        SagaDefinition.named("other", String.class).step("s").action(ctx -> {}).readOnly().build();
    shop.time.start(SagaCoordinator.builder().store(shop.store).nodeName("node-3").register(other));
    shop.time.advance(Duration.ofMillis(millis));

    dying.kill();

    assertCompletes(claiming, AFTER_DEATH);
  }

  /** Whoever frees the sagas of the dead needn't wait until it looks for work again. */
  @Test
  void givenSagasOfADeadNode_whenTheyAreFreed_thenTheyRunBeforeTheNextPoll() {
    VirtualNode dying = shop.time.start(shop.builder("node-1"));
    shop.on("reserve", ctx -> dying.kill());
    VirtualNode other = shop.time.start(shop.builder("node-2").pollInterval(Duration.ofHours(1)));
    SagaHandle saga = shop.start(dying);

    SagaOutcome outcome = other.coordinator().find(saga.id()).orElseThrow().await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  /** What the promise rests on: nobody is evicted before its lease is over. */
  @Test
  void givenKilledNode_whenItsLeaseIsNotOver_thenItsSagasWait() {
    VirtualNode dying = nodeWithTheOrder();
    VirtualNode other = shop.node("node-2");
    shop.time.advance(LEASE);
    dying.kill();
    Instant before = shop.time.now();

    shop.on("reserve", ctx -> {});
    shop.find(other).await(SOON);

    assertThat(Duration.between(before, shop.time.now()))
        .isBetween(LEASE.minusMillis(500), AFTER_DEATH);
  }

  /** A node that leaves it to others to find out who is dead. */
  private final class NeverFreeing extends ForwardingStore {

    NeverFreeing() {
      super(shop.store);
    }

    @Override
    public boolean evictIfSilent(NodeBeat seen) {
      return false;
    }

    @Override
    public int releaseOrphans(int limit) {
      return 0;
    }
  }
}
