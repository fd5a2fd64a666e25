package io.sagaflow.jdbc;

import static io.sagaflow.RecordKind.SAGA_COMPLETED;
import static io.sagaflow.RecordKind.SAGA_STARTED;
import static io.sagaflow.RecordKind.STEP_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
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

  /** Down between the tests. It keeps its data, since to create them takes long. */
  private static final PrivatePostgres POSTGRES = new PrivatePostgres();

  private final HikariDataSource pool = impatientPool();
  private final Shop shop = new Shop();

  @AfterEach
  void stop() {
    pool.close();
    POSTGRES.close();
  }

  private static HikariDataSource impatientPool() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(POSTGRES.database().jdbcUrl());
    pool.setConnectionTimeout(1_000);
    pool.setInitializationFailTimeout(-1);
    return pool;
  }

  private SagaCoordinatorBuilder coordinator(String tablePrefix) {
    return shop.coordinator(
        PostgresSagaStore.builder().dataSource(pool).tablePrefix(tablePrefix).build(), "node-1");
  }

  @Test
  void givenDatabaseThatIsDown_whenStarted_thenItIsToldAndALaterStartSucceeds() {
    SagaCoordinatorBuilder builder = coordinator("first_");

    assertThatThrownBy(builder::start)
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("Check that PostgreSQL runs there");

    POSTGRES.start();
    try (SagaCoordinator coordinator = retryStart(builder)) {
      assertThat(shop.order(coordinator, "42").await(Shop.SOON).isCompleted()).isTrue();
    }
  }

  /** The pool tries now and then, too: it may not have noticed yet. */
  private static SagaCoordinator retryStart(SagaCoordinatorBuilder builder) {
    long deadline = System.nanoTime() + Shop.SOON.toNanos();
    while (true) {
      try {
        return builder.start();
      } catch (SagaStoreException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  /** The coordinator's trouble is no participant's: nothing fails, and nothing is compensated. */
  @Test
  void givenRunningSagas_whenTheDatabaseIsDownForAWhile_thenTheyGoOnAsIfNothingHadHappened()
      throws Exception {
    POSTGRES.start();
    List<String> duringOutage = List.of("d1", "d2", "d3");
    List<String> afterOutage = List.of("a1", "a2", "a3");
    try (SagaCoordinator coordinator = coordinator("second_").start()) {
      List<SagaHandle> sagas = new ArrayList<>();
      for (List<String> orders : List.of(duringOutage, afterOutage)) {
        for (String order : orders) {
          shop.shut(order);
          sagas.add(shop.order(coordinator, order));
          shop.awaitAtGate(order);
        }
      }

      POSTGRES.stop();
      duringOutage.forEach(shop::open);
      SagaStoreException noAnswer = awaitNoAnswer(sagas.get(0));
      POSTGRES.start();
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
