package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The executor of actions is the coordinator's trouble, never a participant's. */
class ExecutorTest {

  private final Shop shop = new Shop();

  static List<Throwable> refusals() {
    return List.of(
        new RejectedExecutionException("the queue is full"),
        new IllegalStateException("shut down"),
        new OutOfMemoryError("unable to create native thread"));
  }

  /** Runs nothing the first times. */
  private static Executor refusing(int times, Throwable refusal, Executor real) {
    int[] left = {times};
    return task -> {
      if (left[0] > 0) {
        left[0]--;
        if (refusal instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) refusal;
      }
      real.execute(task);
    };
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void givenExecutorThatRefuses_whenItAcceptsAgain_thenTheSagaCompletesAndNobodyIsBlamed(
      Throwable refusal) {
    VirtualNode node =
        shop.start(
            shop.builder("node-1"),
            real -> Environments.withActions(real, refusing(10, refusal, real.actions())));

    SagaHandle saga = shop.start(node);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "confirm", "receipt");
    assertThat(saga.history())
        .extracting(SagaEvent::kind)
        .doesNotContain(RecordKind.ACTION_FAILED, RecordKind.STEP_UNKNOWN);
  }

  @Test
  void givenExecutorThatRefuses_whenTheSagaIsCancelled_thenItTurnsWithoutItsAction() {
    List<Runnable> queued = new ArrayList<>();
    VirtualNode node =
        shop.start(shop.builder("node-1"), real -> Environments.withActions(real, queued::add));
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    saga.cancel("ann", "ordered twice"); // create is queued and has not begun
    shop.time.settle();
    queued.get(0).run();

    assertThat(shop.calls).isEmpty();
    assertThat(Shop.kinds(saga)).contains("SAGA_TURNED_BACK");
  }

  @Test
  void givenQueuedAction_whenTheDeadlinePasses_thenItNeverBegins() {
    List<Runnable> queued = new ArrayList<>();
    VirtualNode node =
        shop.start(shop.builder("node-1"), real -> Environments.withActions(real, queued::add));
    SagaHandle saga = shop.start(node);

    shop.time.advance(Duration.ofMinutes(6));
    queued.get(0).run();

    assertThat(shop.calls).isEmpty();
    assertThat(Shop.kinds(saga)).contains("SAGA_TURNED_BACK");
  }

  @Test
  void givenQueuedAction_whenItsTimeoutWouldHavePassed_thenTheTimeCountsFromItsBeginning() {
    List<Runnable> queued = new ArrayList<>();
    VirtualNode node =
        shop.start(
            shop.builder("node-1"),
            real ->
                Environments.withActions(
                    real, task -> queued.add(() -> real.actions().execute(task))));
    SagaHandle saga = shop.start(node);
    shop.time.advance(Duration.ofMinutes(2)); // the timeout is one

    for (int i = 0; i < 5; i++) {
      queued.get(i).run();
      shop.time.settle();
    }

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
  }
}
