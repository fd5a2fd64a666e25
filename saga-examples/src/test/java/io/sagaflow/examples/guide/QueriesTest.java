package io.sagaflow.examples.guide;

import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.STUCK;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.PurgePolicy;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaPage;
import io.sagaflow.SagaQuery;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.testkit.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The samples of the page on queries and purging, run. */
class QueriesTest {

  private final VirtualTime time = new VirtualTime();
  private final InMemorySagaStore store = new InMemorySagaStore();
  private boolean paying = true;

  private final SagaDefinition<String> placeOrder =
      SagaDefinition.named("place-order", String.class)
          .step("charge-payment")
          .action(ctx -> charge())
          .pivot()
          .retry(RetryPolicy.none())
          .build();

  private void charge() {
    if (!paying) {
      throw new IllegalStateException("the bank is away");
    }
  }

  private SagaCoordinator coordinator() {
    return start(SagaCoordinator.builder().store(store).register(placeOrder));
  }

  /** Looks after its lease and the store seldom: months pass. */
  private SagaCoordinator start(SagaCoordinatorBuilder builder) {
    return time.start(builder.pollInterval(ofHours(1)).leaseDuration(ofHours(12))).coordinator();
  }

  @Test
  void givenStuckSagas_whenAskedFor_thenAllPagesHaveThem() {
    SagaCoordinator coordinator = coordinator();
    paying = false;
    for (String key : List.of("order-1", "order-2", "order-3")) {
      coordinator.start(placeOrder, key, "input").await(ofMinutes(1));
      time.advance(ofMinutes(1));
    }
    time.advance(ofHours(1));

    SagaQuery query =
        SagaQuery.all()
            .status(STUCK)
            .definition("place-order")
            .olderThan(ofHours(1))
            .step("charge-payment")
            .limit(100);

    SagaPage page = coordinator.sagas(query);
    assertThat(page.sagas()).hasSize(3);
    assertThat(coordinator.counts().of(STUCK).value()).isEqualTo(3);

    query = query.limit(2);
    List<String> keys = new ArrayList<>();
    for (Optional<String> cursor = Optional.of(""); cursor.isPresent(); cursor = page.next()) {
      page = coordinator.sagas(cursor.get().isEmpty() ? query : query.after(cursor.get()));
      page.sagas().forEach(saga -> keys.add(saga.businessKey()));
    }
    assertThat(keys).containsExactly("order-1", "order-2", "order-3");
  }

  @Test
  void givenAPolicy_whenItsTimeHasCome_thenEndedSagasGo() {
    SagaCoordinator coordinator = start(purging());
    coordinator.start(placeOrder, "order-1", "input").await(ofMinutes(1));

    time.advance(ofDays(30).plus(ofMinutes(11)));

    assertThat(coordinator.find("place-order", "order-1")).isEmpty();
  }

  private SagaCoordinatorBuilder purging() {
    return SagaCoordinator.builder()
        .store(store)
        .register(placeOrder)
        .purge(
            PurgePolicy.keepFor(ofDays(30)).statuses(COMPLETED).every(ofMinutes(10)).batchOf(500));
  }

  @Test
  void givenAnOperator_whenTheyPurge_thenTheyAreToldHowMany() {
    SagaCoordinator coordinator = coordinator();
    coordinator.start(placeOrder, "order-1", "input").await(ofMinutes(1));
    time.advance(ofDays(91));

    long purged = coordinator.purge(PurgePolicy.keepFor(ofDays(90)));

    assertThat(purged).isEqualTo(1);
  }
}
