package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.ActionContext;
import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOverloadedException;
import io.sagaflow.SagaStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a start does when memory is full. */
class MemoryBoundTest {

  private final Shop shop = new Shop();

  private SagaCoordinator small(int sagas, Duration patience) {
    SagaCoordinatorBuilder builder =
        shop.builder("node-1").maxSagasInMemory(sagas).startPatience(patience);
    return shop.time.start(builder).coordinator();
  }

  private SagaHandle start(SagaCoordinator coordinator, int number) {
    return coordinator.start(shop.placeOrder, "order-" + number, ORDER);
  }

  private void createTakes(Duration time) {
    shop.on("create", ctx -> shop.time.sleep(time));
  }

  @Test
  void givenFullMemory_whenASagaLeaves_thenTheNextStartsAndNoMoreThanAllowedAreThere() {
    createTakes(Duration.ofSeconds(1));
    SagaCoordinator small = small(1, Duration.ofSeconds(30));
    Instant begin = shop.time.now();
    List<SagaHandle> sagas = new ArrayList<>();

    for (int i = 0; i < 5; i++) {
      sagas.add(start(small, i));
    }

    assertThat(Duration.between(begin, shop.time.now()))
        .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(7)); // claims have their turns, too
    shop.time.advance(Duration.ofSeconds(1));
    assertThat(sagas).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
  }

  @Test
  void givenFullMemory_whenNoneLeavesInTime_thenTheStartIsRefusedAndDidNothing() {
    createTakes(Duration.ofSeconds(40));
    SagaCoordinator small = small(1, Duration.ofSeconds(3));
    start(small, 0);
    Instant begin = shop.time.now();

    assertThatThrownBy(() -> start(small, 1))
        .isInstanceOf(SagaOverloadedException.class)
        .hasMessageContaining("1 sagas in memory")
        .hasMessageContaining("PT3S");

    assertThat(Duration.between(begin, shop.time.now())).isEqualTo(Duration.ofSeconds(3));
    assertThat(small.find("place-order", "order-1")).isEmpty();
  }

  @Test
  void givenNoPatience_whenMemoryIsFull_thenTheStartIsRefusedAtOnce() {
    createTakes(Duration.ofSeconds(40));
    SagaCoordinator small = small(1, Duration.ZERO);
    start(small, 0);
    Instant begin = shop.time.now();

    assertThatThrownBy(() -> start(small, 1)).isInstanceOf(SagaOverloadedException.class);

    assertThat(shop.time.now()).isEqualTo(begin);
  }

  @Test
  void givenStartsThatDontBlock_whenMemoryIsFull_thenTheyAreLetInInOrderOrRefused() {
    createTakes(Duration.ofSeconds(2));
    SagaCoordinator small = small(1, Duration.ofSeconds(3));
    List<CompletableFuture<SagaHandle>> starts = new ArrayList<>();

    for (int i = 0; i < 3; i++) {
      starts.add(small.startAsync(shop.placeOrder, "order-" + i, ORDER).toCompletableFuture());
    }
    shop.time.advance(Duration.ofSeconds(10));

    assertThat(starts.get(0)).isCompleted();
    assertThat(starts.get(1)).isCompleted();
    assertThat(starts.get(2))
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(SagaOverloadedException.class);
    assertThat(start(small, 2).await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenRefusedAndRepeatedStarts_whenCounted_thenNoPlaceIsLost() {
    createTakes(Duration.ofSeconds(1));
    SagaCoordinator small = small(2, Duration.ZERO);
    for (int round = 0; round < 20; round++) {
      start(small, 2 * round);
      start(small, 2 * round);
      start(small, 2 * round + 1);
      int next = 2 * round + 2;
      assertThatThrownBy(() -> start(small, next)).isInstanceOf(SagaOverloadedException.class);
      shop.time.advance(Duration.ofSeconds(2));
    }
  }

  /** A saga that is parked, or a dead node's, mustn't be kept out by those that are young. */
  @Test
  void givenSteadyStarts_whenAParkedSagaIsDue_thenItIsClaimedSoon() {
    SagaDefinition<String> nap =
        SagaDefinition.named("nap", String.class).sleep("nap", Duration.ofMinutes(2)).build();
    createTakes(Duration.ofSeconds(1));
    SagaCoordinator small =
        shop.time
            .start(
                shop.builder("node-1")
                    .register(nap)
                    .maxSagasInMemory(1)
                    .startPatience(Duration.ofMinutes(20)))
            .coordinator();
    SagaHandle sleeper = small.start(nap, "nap", "input");
    shop.time.settle();
    List<CompletableFuture<SagaHandle>> starts = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      starts.add(small.startAsync(shop.placeOrder, "order-" + i, ORDER).toCompletableFuture());
    }

    shop.time.advance(Duration.ofMinutes(2).plusSeconds(10));

    assertThat(sleeper.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(starts).anyMatch(start -> !start.isDone());
  }

  @Test
  void givenStartThatWaits_whenTheCoordinatorIsClosed_thenItFailsAtOnce() {
    createTakes(Duration.ofMinutes(40));
    SagaCoordinator small = small(1, Duration.ofMinutes(20));
    start(small, 0);
    CompletableFuture<SagaHandle> waiting =
        small.startAsync(shop.placeOrder, "order-1", ORDER).toCompletableFuture();

    small.close();

    assertThat(waiting)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(CoordinatorClosedException.class);
  }

  @Test
  void givenParkedSagas_whenMoreAreStarted_thenTheyTakeNoRoom() {
    SagaDefinition<String> nap =
        SagaDefinition.named("nap", String.class).sleep("nap", Duration.ofHours(2)).build();
    SagaCoordinator small =
        shop.time
            .start(
                shop.builder("node-1")
                    .register(nap)
                    .maxSagasInMemory(1)
                    .startPatience(Duration.ofSeconds(1)))
            .coordinator();

    List<SagaHandle> naps = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      naps.add(small.start(nap, "nap-" + i, "input"));
      shop.time.settle();
    }
    shop.time.advance(Duration.ofHours(3));

    assertThat(naps).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
  }

  @Test
  void givenFullMemory_whenASagaStartsItsChild_thenTheChildIsLetIn() {
    SagaDefinition<String> child =
        SagaDefinition.named("child", String.class)
            .step("work")
            .action(ctx -> shop.time.sleep(Duration.ofSeconds(1)))
            .readOnly()
            .build();
    SagaDefinition<String> parent =
        SagaDefinition.named("parent", String.class)
            .child("child", child, ActionContext::input)
            .build();
    SagaCoordinator small =
        shop.time
            .start(
                shop.builder("node-1")
                    .register(parent)
                    .maxSagasInMemory(1)
                    .startPatience(Duration.ZERO))
            .coordinator();

    SagaHandle saga = small.start(parent, "key", "input");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }
}
