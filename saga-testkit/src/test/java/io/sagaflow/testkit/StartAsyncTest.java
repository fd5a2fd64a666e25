package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.testkit.Shop.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A start that nobody waits for is the same start. */
class StartAsyncTest {

  private final Shop shop = new Shop();
  private final OutageStore store = new OutageStore(shop.store);
  private final VirtualNode node = shop.time.start(shop.builder("node-1", store));

  private CompletableFuture<SagaHandle> start(String key, Order order) {
    return node.coordinator().startAsync(shop.placeOrder, key, order).toCompletableFuture();
  }

  @Test
  void givenNewKey_whenStarted_thenTheSagaRuns() {
    CompletableFuture<SagaHandle> started = start("order-42", ORDER);

    shop.time.settle();

    assertThat(started.join().await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "confirm", "receipt");
  }

  @Test
  void givenSlowStore_whenManyAreStarted_thenNoneBlocksAndEachIsToldWhenItIsDurable() {
    store.stallWrites();
    List<CompletableFuture<SagaHandle>> started = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      started.add(start("order-" + i, ORDER));
    }
    assertThat(started).noneMatch(CompletableFuture::isDone);

    store.comeBack();
    shop.time.settle();

    assertThat(started).allMatch(saga -> saga.join().await(SOON).status() == SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5_000);
  }

  @Test
  void givenKeyOfASaga_whenStartedAgain_thenTheSameSagaAndNothingRunsTwice() {
    SagaHandle first = shop.start(node);
    first.await(SOON);

    CompletableFuture<SagaHandle> second = start("order-42", ORDER);
    shop.time.settle();

    assertThat(second.join().id()).isEqualTo(first.id());
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenKeyOfASaga_whenStartedWithAnotherInput_thenItFailsWithAConflict() {
    shop.start(node).await(SOON);

    CompletableFuture<SagaHandle> second = start("order-42", new Order("43", 5));
    shop.time.settle();

    assertThatThrownBy(second::join).hasCauseInstanceOf(SagaConflictException.class);
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenFencedNode_whenStarted_thenItJoinsAnewForIt() {
    shop.store.evict(shop.idOf("node-1"));

    CompletableFuture<SagaHandle> started = start("order-42", ORDER);
    shop.time.settle();

    assertThat(started.join().await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenFencedNodeThatCannotJoin_whenStarted_thenItFailsWithTheStoresFailure() {
    shop.store.evict(shop.idOf("node-1"));
    store.failJoins();

    CompletableFuture<SagaHandle> started = start("order-42", ORDER);
    shop.time.settle();

    assertThatThrownBy(started::join).hasCauseInstanceOf(SagaStoreException.class);
  }

  @Test
  void givenClosedCoordinator_whenStarted_thenRefusedAtOnce() {
    node.coordinator().close();

    assertThatThrownBy(() -> start("order-42", ORDER))
        .isInstanceOf(CoordinatorClosedException.class);
  }

  @Test
  void givenBlankKey_whenStarted_thenRefusedAtOnce() {
    assertThatThrownBy(() -> start(" ", ORDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("businessKey");
  }
}
