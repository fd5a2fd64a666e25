package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaTimeoutException;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.InMemorySagaStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HandleTest {

  private static final Duration POLL = Duration.ofMillis(500);

  private final Shop shop = new Shop();
  private final VirtualNode node = shop.node("node-1");

  private void hangInReserve() {
    shop.on("reserve", ctx -> shop.time.hang());
  }

  @Test
  void givenSagaThatTakesLong_whenAwaited_thenTimeoutAfterThatTimeAndTheSagaGoesOn() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(30)));
    SagaHandle saga = shop.start(node);
    Instant before = shop.time.now();

    assertThatThrownBy(() -> saga.await(Duration.ofSeconds(5)))
        .isInstanceOfSatisfying(
            SagaTimeoutException.class, e -> assertThat(e.sagaId()).contains(saga.id()))
        .hasMessageContaining("it goes on");

    assertThat(shop.time.now()).isEqualTo(before.plusSeconds(5));
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenEndedSaga_whenAwaited_thenItsOutcomeAtOnce() {
    SagaHandle saga = shop.start(node);
    saga.await(SOON);
    Instant before = shop.time.now();

    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.result(Shop.RESERVE)).contains(new Shop.Reservation("r-42"));
    assertThat(shop.time.now()).isEqualTo(before);
  }

  @Test
  void givenNoTimeAtAll_whenAwaited_thenTimeoutUnlessItHasEnded() {
    hangInReserve();
    SagaHandle saga = shop.start(node);

    assertThatThrownBy(() -> saga.await(Duration.ZERO)).isInstanceOf(SagaTimeoutException.class);
  }

  @Test
  void givenAllTheTimeInTheWorld_whenAwaited_thenItsOutcome() {
    SagaHandle saga = shop.start(node);

    SagaOutcome outcome = saga.await(ChronoUnit.FOREVER.getDuration());

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenRunningSaga_whenItEnds_thenItsCompletionIsTold() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(30)));
    SagaHandle saga = shop.start(node);
    List<SagaStatus> told = new ArrayList<>();
    CompletableFuture<Void> first =
        saga.completion().thenAccept(end -> told.add(end.status())).toCompletableFuture();
    CompletableFuture<Void> second =
        saga.completion().thenAccept(end -> told.add(end.status())).toCompletableFuture();

    shop.time.advance(Duration.ofSeconds(30));

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(told).containsExactly(SagaStatus.COMPLETED, SagaStatus.COMPLETED);
  }

  @Test
  void givenDependentThatThrows_whenTheSagaEnds_thenItHarmsNoOther() {
    SagaHandle saga = shop.start(node);
    CompletableFuture<Void> failing =
        saga.completion()
            .thenAccept(
                end -> {
                  throw new AssertionError("a bug of the caller's");
                })
            .toCompletableFuture();
    CompletableFuture<SagaOutcome> other = saga.completion().toCompletableFuture();

    shop.time.settle();

    assertThat(failing).isCompletedExceptionally();
    assertThat(other).isCompleted();
  }

  @Test
  void givenDependentThatStartsASaga_whenTheFirstEnds_thenTheSecondRunsToo() {
    SagaHandle saga = shop.start(node);
    CompletableFuture<SagaHandle> next =
        saga.completion()
            .thenApply(end -> node.coordinator().start(shop.placeOrder, "order-43", ORDER))
            .toCompletableFuture();

    shop.time.settle();

    assertThat(next.join().await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenSagaOfAnotherNode_whenItEnds_thenItsCompletionIsToldAtTheNextPoll() {
    VirtualNode node2 = shop.node("node-2");
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(30)));
    shop.start(node);
    CompletableFuture<SagaOutcome> completion = shop.find(node2).completion().toCompletableFuture();

    shop.time.advance(Duration.ofSeconds(30).plus(POLL));

    assertThat(completion).isCompletedWithValueMatching(SagaOutcome::isCompleted);
  }

  @Test
  void givenSagaOfADefinitionThatIsNotRegisteredHere_whenAwaited_thenStatusAndReason() {
    VirtualNode reader =
        shop.time.start(SagaCoordinator.builder().store(shop.store).nodeName("reader"));
    shop.on(
        "charge",
        ctx -> {
          throw new StepRejectedException("no");
        });
    shop.start(node);

    SagaOutcome outcome = shop.find(reader).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason().orElseThrow()).contains("charge", "rejected");
  }

  @Test
  void givenSagaOfADefinitionThatIsNotRegisteredHere_whenAResultIsAsked_thenSaidWhereToAsk() {
    VirtualNode reader =
        shop.time.start(SagaCoordinator.builder().store(shop.store).nodeName("reader"));
    SagaHandle saga = shop.start(node);
    saga.await(SOON);

    SagaOutcome outcome = shop.find(reader).await(SOON);

    assertThat(outcome.isCompleted()).isTrue();
    assertThatThrownBy(() -> outcome.result(Shop.RESERVE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("reserve", saga.id().toString(), "registered the definition");
  }

  @Test
  void givenStuckSaga_whenAwaited_thenStuckAndAgainAfterARetryThatHelped() {
    shop.on("receipt", Shop.failing(1, new StepRejectedException("no such address")));
    SagaHandle saga = shop.start(node);
    SagaOutcome stuck = saga.await(SOON);

    node.coordinator().retry(saga.id(), "ann", "the address is mended");
    shop.time.advance(POLL);
    SagaOutcome ended = saga.await(SOON);

    assertThat(stuck.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(ended.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(ended.reason()).as("what it was stuck on is settled").isEmpty();
  }

  @Test
  void givenSaga_whenLookedFor_thenFoundByIdAndByKeyAndOtherwiseNot() {
    SagaHandle saga = shop.start(node);

    assertThat(node.coordinator().find(saga.id()).map(SagaHandle::id)).contains(saga.id());
    assertThat(node.coordinator().find("place-order", "order-42").map(SagaHandle::id))
        .contains(saga.id());
    assertThat(node.coordinator().find(new SagaId(new UUID(1, 2)))).isEmpty();
    assertThat(node.coordinator().find("place-order", "order-43")).isEmpty();
    assertThat(node.coordinator().find("other", "order-42")).isEmpty();
  }

  @Test
  void givenUnknownSaga_whenItsHistoryIsRead_thenRefused() {
    SagaId unknown = new SagaId(new UUID(1, 2));

    assertThatThrownBy(() -> node.coordinator().history(unknown))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(unknown.toString());
  }

  @Test
  void givenSaga_whenItsStatusIsRead_thenItIsTheStores() {
    hangInReserve();
    shop.on("~create", ctx -> shop.time.sleep(Duration.ofSeconds(1)));
    SagaHandle saga = shop.start(node);
    List<SagaStatus> seen = new ArrayList<>();
    seen.add(saga.status());
    saga.cancel("ann", "ordered twice");
    shop.time.settle();
    seen.add(saga.status());
    shop.time.advance(Duration.ofSeconds(1));
    seen.add(saga.status());

    assertThat(seen)
        .containsExactly(SagaStatus.RUNNING, SagaStatus.COMPENSATING, SagaStatus.COMPENSATED);
  }

  @Test
  void givenInterruptedCaller_whenItWaits_thenItIsToldAndStaysInterrupted() {
    hangInReserve();
    SagaHandle saga = shop.start(node);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> saga.await(SOON))
        .isInstanceOf(SagaException.class)
        .hasMessageContaining("Interrupted")
        .hasCauseInstanceOf(InterruptedException.class);

    assertThat(Thread.interrupted()).isTrue(); // and clears it for the next test
  }

  @Test
  void givenActionThatWaitsForASaga_whenItsTimeoutPasses_thenItsWaitIsInterrupted() {
    SagaHandle other = node.coordinator().start(shop.placeOrder, "order-43", ORDER);
    List<String> failures = new ArrayList<>();
    shop.on(
        "reserve",
        ctx -> {
          if (ctx.businessKey().equals("order-43")) {
            shop.time.hang();
          }
        });
    shop.on(
        "charge",
        ctx -> {
          try {
            other.await(SOON);
          } catch (SagaException e) {
            failures.add(e.getCause().getClass().getSimpleName());
            throw e;
          }
        });

    SagaOutcome outcome = shop.start(node).await(SOON);

    assertThat(failures).containsExactly("InterruptedException");
    assertThat(outcome.reason().orElseThrow()).contains("charge", "Timed out");
  }

  @Test
  void givenSagaThatTheStoreHasForgotten_whenAwaited_thenToldSo() {
    InMemorySagaStore small = new InMemorySagaStore(1);
    VirtualNode its = shop.time.start(shop.builder("node-2", small));
    SagaHandle first = its.coordinator().start(shop.placeOrder, "order-1", ORDER);
    first.await(SOON);
    its.coordinator().start(shop.placeOrder, "order-2", ORDER).await(SOON);

    CompletableFuture<SagaOutcome> completion = first.completion().toCompletableFuture();
    shop.time.settle();

    assertThat(completion).isCompletedExceptionally();
    assertThatThrownBy(() -> first.await(SOON)).hasStackTraceContaining("The store has no saga");
  }
}
