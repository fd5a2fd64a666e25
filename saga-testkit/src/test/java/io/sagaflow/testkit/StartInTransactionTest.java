package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.RecordKind;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaDataException;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaTimeoutException;
import io.sagaflow.testkit.Shop.Order;
import io.sagaflow.testkit.TransactionalStoreInMemory.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A saga that is started in a caller's transaction exists if that is committed, and then runs. */
class StartInTransactionTest {

  private static final Duration FOR_EVER = ofMinutes(60);

  private final Shop shop = new Shop();
  private final TransactionalStoreInMemory store = new TransactionalStoreInMemory(shop.store);
  private final List<SagaEvent> told = new ArrayList<>();
  private final VirtualNode node =
      shop.time.start(
          shop.builder("node-1", store).pollInterval(FOR_EVER).listener(event -> told.add(event)));
  private final Transaction transaction = store.begin();

  private SagaHandle start() {
    return start(transaction, ORDER);
  }

  private SagaHandle start(Transaction within, Order order) {
    return node.coordinator().start(within.connection, shop.placeOrder, "order-42", order);
  }

  @Test
  void givenTransactionUnderWay_whenTimePasses_thenNothingRuns() {
    SagaHandle saga = start();

    shop.time.advance(ofSeconds(30));

    assertThat(shop.calls).isEmpty();
    assertThat(node.coordinator().find("place-order", "order-42")).isEmpty();
    assertThatThrownBy(saga::status)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(saga.id().toString())
        .hasMessageContaining("transaction that starts it isn't committed");
  }

  /** The poll is an hour away: only the looks for this saga can find it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 100, 5_000, 55_000})
  void givenStart_whenCommittedAfterAWhile_thenItRunsWithinTensOfMilliseconds(int millis) {
    start();
    shop.time.advance(ofMillis(millis));
    Instant committed = shop.time.now();

    transaction.commit();
    shop.time.advanceUntil(() -> !shop.calls.isEmpty(), ofSeconds(1));

    assertThat(Duration.between(committed, shop.time.now())).isLessThanOrEqualTo(ofMillis(40));
  }

  @Test
  void givenManyTransactions_whenCommittedOneByOne_thenEachRunsSoon() {
    for (int i = 0; i < 50; i++) {
      Transaction each = store.begin();
      SagaHandle saga =
          node.coordinator().start(each.connection, shop.placeOrder, "order-" + i, ORDER);
      shop.time.advance(ofMillis(3));
      each.commit();
      shop.time.advance(ofMillis(45));

      assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    }
  }

  @Test
  void givenHandle_whenAwaitedBeforeTheCommit_thenItWaitsAndSeesTheEnd() {
    SagaHandle saga = start();
    CompletableFuture<SagaOutcome> completion = saga.completion().toCompletableFuture();
    shop.time.advance(ofSeconds(1));
    assertThat(completion).isNotDone();

    transaction.commit();

    assertThat(saga.await(ofSeconds(1)).isCompleted()).isTrue();
    assertThat(completion).isCompleted();
  }

  @Test
  void givenHandle_whenLookedAtJustAfterTheCommit_thenItStillRunsSoon() {
    SagaHandle saga = start();
    shop.time.advance(ofSeconds(1));
    transaction.commit();

    CompletableFuture<SagaOutcome> completion = saga.completion().toCompletableFuture();
    shop.time.settle(); // it is seen, and nobody's yet
    shop.time.advance(ofMillis(40));

    assertThat(completion).isCompleted();
  }

  @Test
  void givenAnotherTransactionRolledBack_whenAwaited_thenItSaysThatItMayNeverRun() {
    SagaHandle saga = start();
    transaction.rollBack();

    assertThatThrownBy(() -> saga.await(ofSeconds(10)))
        .isInstanceOf(SagaTimeoutException.class)
        .hasMessageContaining("rolled back");
    assertThat(shop.calls).isEmpty();
  }

  @Test
  void givenRollback_whenAwaitedForLong_thenItFailsAfterAMinute() {
    VirtualNode polling = shop.time.start(shop.builder("node-2", store));
    SagaHandle saga =
        polling.coordinator().start(transaction.connection, shop.placeOrder, "order-42", ORDER);
    transaction.rollBack();
    Instant begun = shop.time.now();

    assertThatThrownBy(() -> saga.await(ofMinutes(10)))
        .isInstanceOf(SagaException.class)
        .isNotInstanceOf(SagaTimeoutException.class)
        .hasStackTraceContaining("transaction that starts it isn't committed");
    assertThat(shop.time.now()).isBefore(begun.plusSeconds(62));
  }

  @Test
  void givenRollback_whenStartedAgain_thenItIsAnotherSagaAndRuns() {
    SagaHandle first = start();
    transaction.rollBack();
    Transaction second = store.begin();

    SagaHandle saga = start(second, new Order("42", 7));
    second.commit();

    assertThat(saga.id()).isNotEqualTo(first.id());
    assertThat(saga.await(SOON).isCompleted()).isTrue();
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenStartInTheTransaction_whenRepeatedInIt_thenTheSameSagaRunsOnce() {
    SagaHandle first = start();

    SagaHandle second = start();
    transaction.commit();

    assertThat(second).isEqualTo(first);
    assertThat(first.await(SOON).isCompleted()).isTrue();
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenStartInTheTransaction_whenRepeatedWithAnotherInput_thenConflict() {
    SagaHandle first = start();

    assertThatThrownBy(() -> start(transaction, new Order("43", 1)))
        .isInstanceOfSatisfying(
            SagaConflictException.class, e -> assertThat(e.sagaId()).contains(first.id()));
    transaction.commit();

    assertThat(first.await(SOON).isCompleted()).isTrue();
  }

  @Test
  void givenEndedSaga_whenItsKeyIsStartedInATransaction_thenThatSaga() {
    SagaHandle first = shop.start(node);
    first.await(SOON);

    SagaHandle second = start();
    transaction.commit();

    assertThat(second).isEqualTo(first);
    assertThat(second.await(SOON).isCompleted()).isTrue();
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenListener_whenTheSagaRuns_thenItIsToldOfEachRecordOnceAndInOrder() {
    SagaHandle saga = start();
    shop.time.advance(ofSeconds(1));
    assertThat(told).isEmpty();

    transaction.commit();
    saga.await(SOON);
    shop.time.settle();

    assertThat(told).isEqualTo(saga.history());
    assertThat(told.get(0).kind()).isEqualTo(RecordKind.SAGA_STARTED);
  }

  @Test
  void givenNodeThatDies_whenTheTransactionIsCommitted_thenAnotherNodeRunsTheSaga() {
    SagaHandle saga = start();
    node.kill();
    VirtualNode other = shop.time.start(shop.builder("node-2", store));

    transaction.commit();
    shop.time.advance(ofSeconds(1));

    SagaHandle found = other.coordinator().find(saga.id()).orElseThrow();
    assertThat(found.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(Shop.kinds(found)).doesNotContain("SAGA_RESUMED");
  }

  @Test
  void givenNodeThatLostItsLease_whenTheTransactionIsCommitted_thenTheSagaRunsAllTheSame() {
    SagaHandle saga = start();
    shop.store.evict(shop.idOf("node-1"));

    transaction.commit();

    assertThat(saga.await(SOON).isCompleted()).isTrue();
  }

  @Test
  void givenOtherNodeThatClaimsTheSaga_whenAwaitedHere_thenItsEndIsSeen() {
    VirtualNode here = shop.time.start(shop.builder("node-2", store));
    SagaHandle saga =
        here.coordinator().start(transaction.connection, shop.placeOrder, "order-42", ORDER);
    here.pause();
    transaction.commit();
    VirtualNode other = shop.time.start(shop.builder("node-3", store));
    assertThat(other.coordinator().find(saga.id()).orElseThrow().await(SOON).isCompleted())
        .isTrue();

    here.resume();

    assertThat(saga.await(ofSeconds(2)).isCompleted()).isTrue();
  }

  @Test
  void givenClosedCoordinator_whenTimePasses_thenItLooksNoMore() {
    SagaHandle saga = start();
    CompletableFuture<SagaOutcome> completion = saga.completion().toCompletableFuture();

    node.coordinator().close();
    transaction.commit();
    shop.time.advance(ofMinutes(2));

    assertThat(shop.calls).isEmpty();
    assertThatThrownBy(completion::join).hasCauseInstanceOf(CoordinatorClosedException.class);
    assertThatThrownBy(this::start).isInstanceOf(CoordinatorClosedException.class);
  }

  @Test
  void givenStoreWithoutTransactions_whenStarted_thenRefusedWithAWayOut() {
    VirtualNode without = shop.node("node-2");

    assertThatThrownBy(
            () ->
                without
                    .coordinator()
                    .start(transaction.connection, shop.placeOrder, "order-42", ORDER))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("InMemorySagaStore")
        .hasMessageContaining("without a connection");
  }

  @Test
  void givenBadInput_whenStarted_thenRefusedBeforeTheStoreIsAsked() {
    Consumer<String> starting =
        key -> node.coordinator().start(transaction.connection, shop.placeOrder, key, ORDER);

    assertThatThrownBy(() -> starting.accept(" ")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> start(transaction, new Order("x".repeat(2 << 20), 1)))
        .isInstanceOf(SagaDataException.class);
    start();
  }
}
