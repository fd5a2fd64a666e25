package io.sagaflow.jdbc;

import static io.sagaflow.RecordKind.SAGA_COMPLETED;
import static io.sagaflow.RecordKind.SAGA_STARTED;
import static io.sagaflow.RecordKind.STEP_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStoreException;
import io.sagaflow.testsupport.PrivatePostgres;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database that is down, and one that goes down under running sagas. */
class OutageTest {

  private final PrivatePostgres postgres = new PrivatePostgres();
  private final Shop shop = new Shop();
  private final SagaCoordinatorBuilder builder =
      shop.coordinator(
          PostgresSagaStore.create(postgres.database().jdbcUrl(), "postgres", ""), "node-1");

  @AfterEach
  void stop() {
    postgres.close();
  }

  @Test
  void givenDatabaseThatIsDown_whenStarted_thenItIsToldWhereAndTheNextStartMaySucceed() {
    String where = postgres.database().jdbcUrl().replaceFirst("\\?.*", "");

    assertThatThrownBy(builder::start)
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining(where)
        .hasMessageContaining("Check that PostgreSQL runs there");

    postgres.start();
    try (SagaCoordinator coordinator = builder.start()) {
      assertThat(shop.order(coordinator, "42").await(Shop.SOON).isCompleted()).isTrue();
    }
  }

  /** The coordinator's trouble is no participant's: nothing fails, and nothing is compensated. */
  @Test
  void givenRunningSagas_whenTheDatabaseIsDownForAWhile_thenTheyGoOnAsIfNothingHadHappened()
      throws Exception {
    postgres.start();
    List<String> duringOutage = List.of("d1", "d2", "d3");
    List<String> afterOutage = List.of("a1", "a2", "a3");
    try (SagaCoordinator coordinator = builder.start()) {
      List<SagaHandle> sagas = new ArrayList<>();
      for (List<String> orders : List.of(duringOutage, afterOutage)) {
        for (String order : orders) {
          shop.shut(order);
          sagas.add(shop.order(coordinator, order));
          shop.awaitAtGate(order);
        }
      }

      postgres.stop();
      duringOutage.forEach(shop::open);
      SagaStoreException noAnswer = awaitNoAnswer(sagas.get(0));
      postgres.start();
      afterOutage.forEach(shop::open);

      assertThat(noAnswer).hasMessageContaining("Check that PostgreSQL runs there");
      for (SagaHandle saga : sagas) {
        SagaOutcome outcome = saga.await(Shop.SOON);
        assertThat(outcome.isCompleted()).isTrue();
        assertThat(outcome.result(Shop.RESERVE)).isPresent();
        assertThat(Shop.kinds(saga))
            .containsExactly(
                SAGA_STARTED, STEP_COMPLETED, STEP_COMPLETED, STEP_COMPLETED, SAGA_COMPLETED);
        assertThat(shop.callsOf(saga)).containsExactlyElementsOf(Shop.straight(saga));
      }
    }
  }

  private static SagaStoreException awaitNoAnswer(SagaHandle saga) {
    try {
      throw new AssertionError("A stopped database said " + saga.status());
    } catch (SagaStoreException e) {
      return e;
    }
  }
}
