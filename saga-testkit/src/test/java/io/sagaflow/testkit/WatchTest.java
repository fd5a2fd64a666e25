package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaTimeoutException;
import io.sagaflow.StepRejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Waiting for a saga of another node: by asking the store now and then, and no more than that. */
class WatchTest {

  private static final Duration POLL = Duration.ofMillis(500);

  private final Shop shop = new Shop();
  private final AskedStore store = new AskedStore();
  private final VirtualNode owner = shop.node("node-1");
  private final VirtualNode watcher = shop.time.start(shop.builder("node-2", store));

  /** Notes which statuses are asked for; something may happen right after the answer. */
  private final class AskedStore extends ForwardingStore {
    private final List<SagaId> asked = new ArrayList<>();
    private Runnable afterAnswer = () -> {};

    AskedStore() {
      super(shop.store);
    }

    @Override
    public Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
      asked.addAll(sagaIds);
      Map<SagaId, SagaStatus> statuses = super.statuses(sagaIds);
      afterAnswer.run();
      return statuses;
    }
  }

  private SagaHandle startElsewhere() {
    shop.start(owner);
    shop.time.settle();
    return shop.find(watcher);
  }

  @Test
  void givenAwaitThatTimedOut_whenTimePasses_thenNobodyAsksForTheSagaAnyMore() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(50)));
    SagaHandle saga = startElsewhere();
    assertThatThrownBy(() -> saga.await(Duration.ofSeconds(5)))
        .isInstanceOf(SagaTimeoutException.class);
    assertThat(store.asked).isNotEmpty();

    store.asked.clear();
    shop.time.advance(Duration.ofSeconds(10));

    assertThat(store.asked).isEmpty();
  }

  @Test
  void givenTwoWaiters_whenOneGivesUp_thenTheOtherIsStillTold() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(50)));
    SagaHandle saga = startElsewhere();
    CompletableFuture<SagaOutcome> patient = saga.completion().toCompletableFuture();
    assertThatThrownBy(() -> saga.await(Duration.ofSeconds(5)))
        .isInstanceOf(SagaTimeoutException.class);

    shop.time.advance(Duration.ofSeconds(50));

    assertThat(patient).isCompletedWithValueMatching(SagaOutcome::isCompleted);
  }

  @Test
  void givenSagaThatHasEnded_whenTimePasses_thenNobodyAsksForItAnyMore() {
    SagaHandle saga = startElsewhere();
    CompletableFuture<SagaOutcome> completion = saga.completion().toCompletableFuture();
    shop.time.settle();
    assertThat(completion).isCompleted();

    store.asked.clear();
    shop.time.advance(Duration.ofSeconds(10));

    assertThat(store.asked).isEmpty();
  }

  @Test
  void givenSagaThatIsSentOnWhileItIsLookedAt_whenAwaited_thenItsEndAndNothingEarlier() {
    shop.on("receipt", Shop.failing(1, new StepRejectedException("no such address")));
    SagaHandle saga = startElsewhere();
    boolean[] sentOn = {false};
    store.afterAnswer =
        () -> {
          if (!sentOn[0]) {
            sentOn[0] = true;
            shop.on("receipt", ctx -> shop.time.sleep(Duration.ofSeconds(5)));
            owner.coordinator().retry(saga.id(), "ann", "the address is mended");
            shop.time.advance(POLL.multipliedBy(2));
          }
        };

    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenSagaThatMovesFromNodeToNode_whenItEnds_thenTheWaiterIsToldOnce() {
    shop.first("charge", ctx -> shop.time.nodeOfCaller().kill());
    SagaHandle saga = startElsewhere();
    List<SagaStatus> told = new ArrayList<>();
    CompletableFuture<Void> completion =
        saga.completion().thenAccept(end -> told.add(end.status())).toCompletableFuture();

    shop.time.settle();
    shop.on("charge", ctx -> {}); // the watcher itself takes it over
    shop.time.advance(SOON);

    assertThat(completion).isCompleted();
    assertThat(told).containsExactly(SagaStatus.COMPLETED);
  }
}
