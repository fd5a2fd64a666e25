package io.sagaflow.testkit;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.STUCK;
import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.PurgePolicy;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaQuery;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaPurge;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StartResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Ended sagas are deleted when their time has come, and no others. */
class PurgeTest {

  private static final PurgePolicy DAY =
      PurgePolicy.keepFor(Duration.ofDays(1)).every(Duration.ofMinutes(10));

  private final Shop shop = new Shop();

  private SagaCoordinatorBuilder builder(String node) {
    return builder(node, shop.store);
  }

  /** Looks after its lease and the store seldom: days pass. */
  private SagaCoordinatorBuilder builder(String node, SagaStore store) {
    return shop.builder(node, store)
        .pollInterval(Duration.ofMinutes(1))
        .leaseDuration(Duration.ofHours(1));
  }

  private SagaHandle start(VirtualNode node, String key) {
    return node.coordinator().start(shop.placeOrder, key, ORDER);
  }

  private boolean isThere(VirtualNode node, SagaHandle saga) {
    return node.coordinator().find(saga.id()).isPresent();
  }

  @Test
  void givenNoPolicy_whenYearsPass_thenEndedSagasStay() {
    VirtualNode node = shop.time.start(builder("node-1"));
    SagaHandle saga = start(node, "1");
    saga.await(SOON);

    shop.time.advance(Duration.ofDays(3));

    assertThat(isThere(node, saga)).isTrue();
  }

  @Test
  void givenAPolicy_whenASagaHasBeenEndedForItsTime_thenItGoesWithinARound() {
    VirtualNode node = shop.time.start(builder("node-1").purge(DAY));
    SagaHandle saga = start(node, "1");
    saga.await(SOON);

    shop.time.advance(Duration.ofDays(1).minusMillis(1));
    assertThat(isThere(node, saga)).isTrue();

    shop.time.advance(Duration.ofMinutes(11));
    assertThat(isThere(node, saga)).isFalse();
    assertThat(start(node, "1").await(SOON).status()).isEqualTo(COMPLETED);
  }

  @Test
  void givenSagasThatRunOrAreStuck_whenYearsPass_thenTheyStay() {
    VirtualNode node = shop.time.start(builder("node-1").purge(DAY));
    shop.on("charge", Shop.failing(1, new IllegalStateException("unknown")));
    shop.on("~charge", Shop.failing(3, new IllegalStateException("no")));
    SagaHandle stuck = start(node, "stuck");
    assertThat(stuck.await(SOON).status()).isEqualTo(STUCK);

    shop.time.advance(Duration.ofDays(30));
    assertThat(stuck.status()).isEqualTo(STUCK);

    node.coordinator().retry(stuck.id(), "ann", "mended");
    shop.time.advance(Duration.ofHours(23)); // its time is counted from its end
    assertThat(stuck.status()).isEqualTo(COMPENSATED);
    shop.time.advance(Duration.ofHours(2));
    assertThat(isThere(node, stuck)).isFalse();
  }

  /** Its parent turns back days after it has completed, and has it undone. */
  @Test
  void givenChildThatHasCompleted_whenItsParentHasNotEnded_thenItStaysToBeUndone() {
    SagaDefinition<String> child =
        SagaDefinition.named("child", String.class)
            .step("pack")
            .action(ctx -> shop.calls.add("pack"))
            .compensation(ctx -> shop.calls.add("~pack"))
            .build();
    SagaDefinition<String> parent =
        SagaDefinition.named("parent", String.class)
            .child("ship", child, ctx -> ctx.input())
            .step("wait")
            .action(
                ctx -> {
                  throw new IllegalStateException("for days");
                })
            .withoutCompensation("it never has an effect")
            .retry(RetryPolicy.fixed(Duration.ofDays(3)).maxAttempts(2))
            .build();
    VirtualNode node = shop.time.start(builder("node-1").register(child, parent).purge(DAY));
    SagaHandle saga = node.coordinator().start(parent, "key", "input");

    assertThat(saga.await(Duration.ofDays(4)).status()).isEqualTo(COMPENSATED);
    assertThat(shop.calls).containsExactly("pack", "~pack");

    shop.time.advance(Duration.ofDays(2));
    assertThat(node.coordinator().sagas(SagaQuery.all()).sagas()).isEmpty();
  }

  @Test
  void givenManySagas_whenPurgedInSmallBatchesByTwoNodes_thenEachGoesOnce() {
    PurgeCounts counts = new PurgeCounts();
    VirtualNode first = shop.time.start(builder("node-1", counts).purge(DAY.batchOf(2)));
    shop.time.start(builder("node-2", counts).purge(DAY.batchOf(3)));
    for (int i = 0; i < 11; i++) {
      start(first, "key-" + i).await(SOON);
    }

    shop.time.advance(Duration.ofHours(25));

    assertThat(counts.purged.stream().mapToInt(Integer::intValue).sum()).isEqualTo(11);
    assertThat(counts.purged).allMatch(sagas -> sagas <= 3);
    assertThat(first.coordinator().sagas(SagaQuery.all()).sagas()).isEmpty();
  }

  @Test
  void givenAnOperator_whenTheyPurge_thenTheyAreToldHowManyAndNothingElseGoes() {
    VirtualNode node = shop.time.start(builder("node-1"));
    SagaHandle completed = start(node, "completed");
    completed.await(SOON);
    shop.on("charge", Shop.failing(1, new Shop.Declined()));
    SagaHandle compensated = start(node, "compensated");
    compensated.await(SOON);
    shop.time.advance(Duration.ofDays(1).plusSeconds(1));
    SagaHandle young = start(node, "young");
    young.await(SOON);

    assertThat(node.coordinator().purge(DAY.statuses(COMPLETED).batchOf(1))).isEqualTo(1);

    assertThat(isThere(node, completed)).isFalse();
    assertThat(isThere(node, compensated)).isTrue();
    assertThat(isThere(node, young)).isTrue();
    assertThat(node.coordinator().purge(DAY)).isEqualTo(1);
    assertThat(node.coordinator().purge(DAY)).isZero();
  }

  @Test
  void givenAClosedCoordinator_whenAskedToPurge_thenItRefuses() {
    VirtualNode node = shop.time.start(builder("node-1"));
    node.coordinator().close();

    assertThatThrownBy(() -> node.coordinator().purge(DAY))
        .isInstanceOf(CoordinatorClosedException.class);
  }

  /** A failure ends a round and not the rounds. */
  @Test
  void givenAStoreThatIsAway_whenItIsBack_thenPurgingGoesOn() {
    PurgeCounts store = new PurgeCounts();
    VirtualNode node = shop.time.start(builder("node-1", store).purge(DAY));
    SagaHandle saga = start(node, "1");
    saga.await(SOON);

    store.failure = new SagaStoreException("away", null);
    shop.time.advance(Duration.ofDays(1));
    store.failure = new IllegalStateException("a bug");
    shop.time.advance(Duration.ofHours(1));
    assertThat(isThere(node, saga)).isTrue();

    store.failure = null;
    shop.time.advance(Duration.ofMinutes(11));
    assertThat(isThere(node, saga)).isFalse();
  }

  @Test
  void givenStartWhoseKeyIsTaken_whenItsHolderIsPurgedBeforeItIsRead_thenTheKeyIsItsOwn() {
    HolderPurged store = new HolderPurged();
    VirtualNode node = shop.time.start(builder("node-1", store));
    SagaHandle old = start(node, "1");
    old.await(SOON);
    shop.time.advance(Duration.ofDays(2));

    store.purges = true;
    SagaHandle fresh = start(node, "1");

    assertThat(fresh.id()).isNotEqualTo(old.id());
    assertThat(fresh.await(SOON).status()).isEqualTo(COMPLETED);

    shop.time.advance(Duration.ofDays(2));
    store.purges = true;
    CompletableFuture<SagaHandle> async =
        node.coordinator()
            .startAsync(shop.placeOrder, "1", new Shop.Order("43", 7))
            .toCompletableFuture();
    shop.time.settle();
    assertThat(async.join().id()).isNotEqualTo(fresh.id());
  }

  @Test
  void givenStartWhoseKeyIsTaken_whenItsHolderStays_thenAnotherInputIsAConflict() {
    VirtualNode node = shop.time.start(builder("node-1"));
    start(node, "1").await(SOON);

    assertThatThrownBy(
            () -> node.coordinator().start(shop.placeOrder, "1", new Shop.Order("43", 7)))
        .isInstanceOf(SagaConflictException.class);
  }

  /** Notes what is purged, or fails. */
  private final class PurgeCounts extends ForwardingStore {

    private final List<Integer> purged = new ArrayList<>();
    private RuntimeException failure;

    PurgeCounts() {
      super(shop.store);
    }

    @Override
    public SagaPurge purge() {
      return order -> {
        if (failure != null) {
          throw failure;
        }
        SagaPurge.Purged result = super.purge().purge(order);
        purged.add(result.sagas());
        return result;
      };
    }
  }

  /** Another node purges the holder of a key right after a start has found it. */
  private final class HolderPurged extends ForwardingStore {

    private boolean purges;

    HolderPurged() {
      super(shop.store);
    }

    @Override
    public CompletionStage<StartResult> start(NodeId owner, NewSaga saga) {
      CompletionStage<StartResult> result = super.start(owner, saga);
      if (purges) {
        purges = false;
        SagaId bound = SagaId.boundAt(shop.time.now());
        super.purge()
            .purge(
                new SagaPurge.PurgeOrder(
                    DAY.statuses(),
                    shop.time.now(),
                    new SagaSlice(Optional.empty(), Optional.of(bound), false, 10)));
      }
      return result;
    }
  }
}
