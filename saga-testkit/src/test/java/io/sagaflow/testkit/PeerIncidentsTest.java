package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static io.sagaflow.testkit.Soundness.assertSound;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * What went wrong in public with other engines of this kind, one test an incident, in virtual time.
 * The same by name is in {@code saga-jdbc-store} where PostgreSQL's locks decide.
 */
class PeerIncidentsTest {

  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration BEYOND = LEASE.plusSeconds(2);

  private final Shop shop = new Shop();

  /**
   * The rescuer has seen the owner silent for the lease; before it takes the lease away, the owner
   * wakes up, renews it and ends the saga. Then the rescuer goes on with what it had seen.
   */
  @Test
  void givenRescuerThatHasDecided_whenTheSagaEndsMeanwhile_thenItStaysEnded() {
    List<String> evictions = new ArrayList<>();
    NodeId[] owner = new NodeId[1];
    SagaAppend[] last = new SagaAppend[1];
    ForwardingStore holding =
        new ForwardingStore(shop.store) {
          @Override
          public CompletionStage<Void> append(NodeId self, SagaAppend append) {
            if (append.status().filter(SagaStatus::isTerminal).isEmpty()) {
              return super.append(self, append);
            }
            owner[0] = self;
            last[0] = append;
            return new CompletableFuture<>(); // on its way
          }
        };
    ForwardingStore rescuing =
        new ForwardingStore(shop.store) {
          @Override
          public boolean evictIfSilent(NodeBeat seen) {
            shop.store.heartbeat(owner[0]);
            shop.store.append(owner[0], last[0]).toCompletableFuture().join();
            boolean evicted = super.evictIfSilent(seen);
            evictions.add(seen.name() + " " + evicted);
            return evicted;
          }
        };
    VirtualNode sleepy = shop.time.start(shop.builder("node-1", holding));
    SagaHandle saga = shop.start(sleepy);
    shop.time.settle();
    sleepy.kill(); // its last batch is on its way, and a heartbeat
    shop.time.start(shop.builder("node-2", rescuing));

    shop.time.advance(BEYOND);
    List<SagaEvent> journal = journal(saga);
    shop.time.advance(BEYOND.multipliedBy(3));

    assertThat(evictions).startsWith("node-1 false");
    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(journal(saga)).isEqualTo(journal);
    assertThat(shop.calls).hasSize(5);
  }

  /**
   * The only node that is left finds the dead one, frees its saga, and doesn't know how it goes.
   */
  @Test
  void givenRescuerThatLacksTheDefinition_whenItFreesTheSaga_thenItLeavesItAsItIs() {
    VirtualNode knowing = shop.node("node-1");
    shop.on("reserve", ctx -> shop.time.hang());
    SagaHandle saga = shop.start(knowing);
    shop.time.settle();
    List<SagaEvent> journal = journal(saga);
    SagaDefinition<String> other =
        SagaDefinition.named("other", String.class).step("s").action(ctx -> {}).readOnly().build();
    shop.time.start(SagaCoordinator.builder().store(shop.store).nodeName("node-2").register(other));
    shop.on("reserve", ctx -> {});
    knowing.kill();

    shop.time.advance(BEYOND.multipliedBy(2));

    assertThat(shop.store.nodes()).extracting(NodeBeat::name).containsExactly("node-2");
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(journal(saga)).isEqualTo(journal);
    VirtualNode again = shop.node("node-3");
    shop.find(again).await(SOON);
    assertSound(shop, saga, SagaStatus.COMPLETED);
  }

  /**
   * The first attempt is paused in its call beyond the lease; the second one ends the saga; then
   * the first fails and wants to turn the saga back.
   */
  @Test
  void givenTwoAttemptsAlive_whenTheLoserFailsAfterTheEnd_thenTheSagaStaysEnded() {
    VirtualNode loser = shop.node("node-1");
    shop.node("node-2");
    shop.on(
        "charge",
        ctx -> {
          if (shop.time.nodeOfCaller() == loser) {
            shop.time.sleep(Duration.ofSeconds(1));
            throw new Shop.Declined();
          }
        });
    SagaHandle saga = shop.start(loser);
    shop.time.settle();
    loser.pause();
    shop.time.advance(BEYOND);
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    List<SagaEvent> journal = journal(saga);

    loser.resume();
    shop.time.advance(SOON);

    assertSound(shop, saga, SagaStatus.COMPLETED);
    assertThat(journal(saga)).isEqualTo(journal);
    assertThat(shop.calls).filteredOn("charge"::equals).hasSize(2);
  }

  /**
   * In one instant of the clock a node starts a saga, and another that is just starting looks for
   * what to recover; that one also starts a saga before its own first look has come.
   */
  @Test
  void givenRecoveryAtStart_whenSagasAreStartedInThatMillisecond_thenItAdoptsNone() {
    VirtualNode running = shop.node("node-1");
    Instant instant = shop.time.now();
    shop.on("create", ctx -> shop.time.sleep(Duration.ofSeconds(1)));
    List<SagaHandle> sagas = new ArrayList<>();
    ForwardingStore atOnce =
        new ForwardingStore(shop.store) {
          @Override
          public int releaseOrphans(int limit) {
            if (sagas.isEmpty()) { // the first look, within start()
              sagas.add(running.coordinator().start(shop.placeOrder, "order-1", ORDER));
            }
            return super.releaseOrphans(limit);
          }
        };

    VirtualNode starting = shop.time.start(shop.builder("node-2", atOnce));
    sagas.add(starting.coordinator().start(shop.placeOrder, "order-2", ORDER));

    assertThat(shop.time.now()).isEqualTo(instant);
    shop.time.advance(SOON);
    assertThat(sagas).hasSize(2).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
    assertThat(shop.calls).filteredOn("create"::equals).hasSize(2);
    assertThat(shop.calls).hasSize(10);
    assertThat(sagas)
        .allSatisfy(saga -> assertThat(Shop.kinds(saga)).doesNotContain("SAGA_RESUMED"));
  }

  /**
   * While a closing node waits for its last call, a parked saga becomes due, and its poll comes
   * round; then it hands over what it has, and its poll comes round once more.
   */
  @Test
  void givenNodeThatDrains_whenSagasBecomeDueAndAreHandedOver_thenItClaimsNoneOfThem() {
    List<Instant> claims = new ArrayList<>();
    ForwardingStore noted =
        new ForwardingStore(shop.store) {
          @Override
          public List<ClaimedSaga> claim(
              NodeId self, Set<DefinitionRef> definitions, Instant now, int limit) {
            claims.add(now);
            return super.claim(self, definitions, now, limit);
          }
        };
    SagaDefinition<String> nap =
        SagaDefinition.named("nap", String.class).sleep("nap", Duration.ofMinutes(5)).build();
    VirtualNode draining = shop.time.start(shop.builder("node-1", noted).register(nap));
    SagaHandle napping = draining.coordinator().start(nap, "nap", "input");
    shop.time.advance(Duration.ofMinutes(5).minusSeconds(2));
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(8)));
    SagaHandle order = shop.start(draining);
    shop.time.settle();
    claims.clear();

    draining.coordinator().close(); // takes 8 seconds; the nap is over after 2
    shop.time.advance(BEYOND);

    assertThat(claims).isEmpty();
    assertThat(napping.status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(order.status()).isEqualTo(SagaStatus.RUNNING);
    VirtualNode other = shop.time.start(shop.builder("node-2").register(nap));
    assertThat(other.coordinator().find(napping.id()).orElseThrow().await(SOON).isCompleted())
        .isTrue();
    assertThat(shop.find(other).await(SOON).isCompleted()).isTrue();
    assertThat(shop.calls).hasSize(5);
  }

  /** Each attempt takes its process with it, so that none of them ever fails or is written down. */
  @Test
  void givenWorkThatCrashesEachNode_whenItIsTakenOverAgainAndAgain_thenItComesToAnEnd() {
    shop.on("reserve", ctx -> shop.time.nodeOfCaller().kill());
    SagaHandle saga = shop.start(crashing());
    for (int i = 0; i < 20; i++) {
      shop.time.advance(Duration.ofSeconds(1));
      crashing();
    }

    SagaOutcome outcome = shop.find(crashing()).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).contains("without progress");
    assertThat(shop.calls).filteredOn("reserve"::equals).hasSize(4); // 3 take-overs are allowed
    assertThat(Shop.kinds(saga)).doesNotContain("ACTION_FAILED reserve");
  }

  private VirtualNode crashing() {
    return shop.time.start(shop.builder("node-1").maxRecoveries(3));
  }

  /**
   * For minutes no heartbeat gets a connection, and once there isn't even memory to say so; then
   * there are connections again, and the loop still turns.
   */
  @Test
  void givenExhaustedPool_whenItHasConnectionsAgain_thenTheHeartbeatGoesOn() {
    List<Supplier<Throwable>> failures =
        new ArrayList<>(
            List.of(
                () -> new SagaStoreException("Connection is not available", null),
                () -> new IllegalStateException("The pool is shut down"),
                () -> new OutOfMemoryError("unable to create a native thread")));
    boolean[] exhausted = {false};
    int[] failed = {0};
    ForwardingStore store =
        new ForwardingStore(shop.store) {
          @Override
          public List<NodeBeat> heartbeat(NodeId self) {
            if (exhausted[0]) {
              Throwable failure = failures.get(failed[0]++ % failures.size()).get();
              if (failure instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) failure;
            }
            return super.heartbeat(self);
          }
        };
    VirtualNode node = shop.time.start(shop.builder("node-1", store));
    exhausted[0] = true;
    shop.time.advance(Duration.ofMinutes(3));
    assertThat(failed[0]).isGreaterThan(100);

    exhausted[0] = false;
    shop.time.advance(Duration.ofSeconds(1));
    long beats = beats();
    shop.time.advance(Duration.ofSeconds(10));

    assertThat(beats()).isGreaterThan(beats + 10);
    assertThat(shop.start(node).await(SOON).isCompleted()).isTrue();
  }

  private long beats() {
    return shop.store.nodes().get(0).beats();
  }

  private List<SagaEvent> journal(SagaHandle saga) {
    return saga.history();
  }
}
