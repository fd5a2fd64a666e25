package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.testkit.Shop.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the other branches when one fails, and how blocks are compensated. */
class ParallelBackwardTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Trip trip = new Trip();
  private final Shop shop = trip.shop;

  @Test
  void givenBranchThatIsRejected_whenASiblingRuns_thenTheTurnWaitsForItAndItIsCompensated() {
    trip.reject(SECOND, "hotel");
    trip.slow(SECOND.multipliedBy(3), "flight");
    SagaHandle saga = trip.start(trip.node("node-1"));
    trip.advance(SECOND.multipliedBy(2));
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(Shop.kinds(saga)).endsWith("STEP_REJECTED hotel");

    saga.await(SOON);

    assertThat(Shop.kinds(saga))
        .containsExactly(
            "SAGA_STARTED",
            "STEP_COMPLETED create",
            "STEP_REJECTED hotel",
            "STEP_COMPLETED flight",
            "SAGA_TURNED_BACK",
            "STEP_COMPENSATED flight",
            "STEP_COMPENSATED create",
            "SAGA_COMPENSATED");
    assertThat(trip.calls()).containsExactly("create", "hotel", "flight", "~flight", "~create");
    assertThat(trip.passed()).isEqualTo(SECOND.multipliedBy(3));
  }

  @Test
  void givenBranchThatIsRejected_whenASiblingWaitsForItsRetry_thenItIsNotTriedAgain() {
    trip.reject(SECOND, "hotel");
    shop.on("flight", Shop.failing(1, new IllegalStateException("perhaps booked")));
    SagaHandle saga = trip.start(trip.node("node-1"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);

    assertThat(trip.calls()).containsExactly("create", "hotel", "flight", "~flight", "~create");
    assertThat(trip.passed()).isEqualTo(SECOND);
  }

  @Test
  void givenBranchThatIsRejected_whenTheNextStepOfASiblingWouldBegin_thenItDoesNot() {
    trip.reject(SECOND, "flight");
    trip.slow(SECOND.multipliedBy(2), "hotel");
    SagaHandle saga = trip.start(trip.node("node-1"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);

    assertThat(trip.calls()).contains("~hotel").doesNotContain("breakfast");
  }

  @Test
  void givenBranchesThatFailBoth_whenTurning_thenTheSagaTurnsOnce() {
    trip.reject(SECOND, "hotel", "flight");

    SagaOutcome outcome = trip.start(trip.node("node-1")).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(trip.calls()).containsExactly("create", "hotel", "flight", "~create");
    assertThat(Shop.kinds(trip.find(trip.node("node-2")))).containsOnlyOnce("SAGA_TURNED_BACK");
  }

  /** The queue of a pool is long: one branch has failed before the other got a thread. */
  @Test
  void givenSiblingThatHasNoThreadYet_whenABranchFails_thenItNeverBegins() {
    List<Runnable> queued = new ArrayList<>();
    VirtualNode node =
        shop.start(
            trip.builder("node-1", shop.store),
            real ->
                Environments.withActions(
                    real, task -> queued.add(() -> real.actions().execute(task))));
    trip.reject(Duration.ZERO, "hotel");
    SagaHandle saga = trip.start(node);
    run(queued); // create
    queued.remove(0).run(); // the hotel
    shop.time.settle();

    run(queued); // the flight, and compensations
    run(queued);

    assertThat(trip.calls()).doesNotContain("flight");
    assertThat(Shop.kinds(saga)).contains("STEP_REJECTED hotel", "SAGA_TURNED_BACK");
  }

  private void run(List<Runnable> queued) {
    List<Runnable> now = List.copyOf(queued);
    queued.clear();
    now.forEach(Runnable::run);
    shop.time.settle();
  }

  @Test
  void givenSiblingThatHangs_whenABranchHasFailed_thenItsTimeoutEndsTheWait() {
    trip.reject(SECOND, "hotel");
    SagaDefinitionBuilder<Order> builder = SagaDefinition.named("short", Order.class);
    SagaDefinition<Order> definition =
        builder
            .parallel(
                branch -> trip.add(branch, "hotel"),
                branch -> trip.add(branch, "flight").timeout(Duration.ofSeconds(20)))
            .build();
    shop.on("flight", ctx -> shop.time.hang());
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));

    SagaHandle saga = trip.start(node, definition);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(trip.passed()).isEqualTo(Duration.ofSeconds(20));
    assertThat(trip.calls()).containsExactly("hotel", "flight", "~flight");
  }

  @Test
  void givenSiblingThatHangs_whenTheDeadlinePasses_thenItIsInterruptedAndTheSagaTurns() {
    trip.reject(SECOND, "hotel");
    shop.on("flight", ctx -> shop.time.hang());
    SagaHandle saga = trip.start(trip.node("node-1"));

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);

    assertThat(trip.passed()).isEqualTo(Trip.DEADLINE);
    assertThat(trip.calls()).containsExactly("create", "hotel", "flight", "~flight", "~create");
  }

  @Test
  void
      givenBlockBehindWhichTheSagaTurns_whenCompensated_thenSideBySideAndInReverseWithinBranches() {
    trip.reject(Duration.ZERO, "pay");
    trip.slow(SECOND, "~breakfast", "~hotel");
    trip.slow(SECOND.multipliedBy(3), "~flight");
    SagaHandle saga = trip.start(trip.node("node-1"));
    assertThat(trip.calls()).endsWith("pay", "~flight", "~breakfast");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);

    assertThat(trip.calls()).endsWith("~flight", "~breakfast", "~hotel", "~create");
    assertThat(trip.passed()).isEqualTo(SECOND.multipliedBy(3));
    assertThat(shop.effects).isEmpty();
  }

  @Test
  void givenCompensationThatIsUsedUp_whenASiblingsRuns_thenTheSagaIsStuckWhenThatHasEnded() {
    trip.reject(Duration.ZERO, "pay");
    shop.on("~hotel", Shop.failing(1, new IllegalStateException("closed")));
    trip.slow(SECOND.multipliedBy(3), "~flight");
    VirtualNode node = trip.node("node-1");
    SagaHandle saga = trip.start(node);
    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATING);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);

    assertThat(Shop.kinds(saga)).endsWith("STEP_COMPENSATED flight", "SAGA_STUCK hotel");
    node.coordinator().retry(saga.id(), "ann", "open again");
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(trip.calls()).filteredOn("~flight"::equals).hasSize(1);
    assertThat(trip.calls()).filteredOn("~hotel"::equals).hasSize(2);
  }

  @Test
  void givenRetriableBranchThatIsUsedUp_whenASiblingRuns_thenTheSagaIsStuckWhenThatHasEnded() {
    shop.on("tickets", Shop.failing(2, new IllegalStateException("no paper")));
    trip.slow(SECOND.multipliedBy(5), "receipt");
    VirtualNode node = trip.node("node-1");
    SagaHandle saga = trip.start(node);
    trip.advance(SECOND.multipliedBy(4));
    assertThat(saga.status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(trip.calls()).endsWith("tickets", "receipt", "tickets");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.STUCK);

    assertThat(Shop.kinds(saga)).endsWith("STEP_COMPLETED receipt", "SAGA_STUCK tickets");
    node.coordinator().retry(saga.id(), "ann", "there is paper");
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(trip.calls()).filteredOn("receipt"::equals).hasSize(1);
    assertThat(trip.calls()).filteredOn("tickets"::equals).hasSize(3);
  }
}
