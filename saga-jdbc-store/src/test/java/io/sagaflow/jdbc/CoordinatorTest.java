package io.sagaflow.jdbc;

import static io.sagaflow.RecordKind.SAGA_COMPLETED;
import static io.sagaflow.RecordKind.SAGA_RESUMED;
import static io.sagaflow.RecordKind.SAGA_STARTED;
import static io.sagaflow.RecordKind.STEP_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Coordinators with real threads on a real PostgreSQL. */
class CoordinatorTest {

  private static final String KEY = "заказ-42 鍵 🔑 'naïve'";

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final Shop shop = new Shop();

  @Test
  void givenBusinessKeyOfAnyScript_whenTheSagaHasRun_thenItIsFoundByIt() throws Exception {
    try (SagaCoordinator coordinator = start("node-1")) {
      SagaHandle saga = shop.order(coordinator, KEY);

      SagaOutcome outcome = saga.await(Shop.SOON);

      assertThat(outcome.isCompleted()).isTrue();
      assertThat(outcome.result(Shop.RESERVE)).contains(new Shop.Reservation("r-" + KEY));
      assertThat(coordinator.find("place-order", KEY)).contains(saga);
      assertThat(shop.order(coordinator, KEY)).isEqualTo(saga);
      assertThat(look.query("SELECT DISTINCT business_key FROM saga_history")).containsExactly(KEY);
    }
  }

  @Test
  void givenPoolWithAutocommitOff_whenSagasRunAndAreCancelled_thenNoTransactionIsLeftOpen()
      throws Exception {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(SharedDatabase.url());
      pool.setAutoCommit(false);
      try (SagaCoordinator coordinator =
          shop.coordinator(PostgresSagaStore.create(pool), "node-1").start()) {
        shop.shut("cancelled");
        SagaHandle cancelled = shop.order(coordinator, "cancelled");
        shop.awaitAtGate("cancelled");

        cancelled.cancel("ann", "changed her mind");

        assertThat(cancelled.await(Shop.SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
        assertThat(shop.order(coordinator, "fine").await(Shop.SOON).isCompleted()).isTrue();
      }
      assertThat(
              look.query(
                  "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                      + " AND state LIKE 'idle in transaction%'"))
          .isEmpty();
    }
  }

  @Test
  void givenTwoCoordinators_whenTheFirstIsClosed_thenTheSecondResumesItsSagas() throws Exception {
    try (SagaCoordinator second = start("node-2")) {
      SagaHandle saga;
      try (SagaCoordinator first = start("node-1")) {
        saga = atItsGate(first);
        shop.openForNewcomers("42");
      }

      SagaHandle resumed = second.find(saga.id()).orElseThrow();
      assertThat(resumed.await(Shop.SOON).isCompleted()).isTrue();
      assertResumedWithTheSameKey(resumed);
      assertThat(look.query("SELECT actor FROM saga_history WHERE kind = 'SAGA_RESUMED'"))
          .containsExactly("node-2");
    }
  }

  /** Its lease is gone, as if it had been paused for too long; it finds out, and begins anew. */
  @Test
  void givenTwoCoordinators_whenTheFirstIsEvicted_thenItsSagasGoOnAndSoDoesIt() throws Exception {
    try (SagaCoordinator first = start("node-1");
        SagaCoordinator second = start("node-2")) {
      SagaHandle saga = atItsGate(first);
      shop.openForNewcomers("42");

      look.execute("DELETE FROM saga_node WHERE name = 'node-1'");

      assertThat(saga.await(Shop.SOON).isCompleted()).isTrue();
      assertThat(second.find(saga.id()).orElseThrow().status()).isEqualTo(SagaStatus.COMPLETED);
      assertResumedWithTheSameKey(saga);
      look.await("SELECT name FROM saga_node WHERE name = 'node-1'");
      assertThat(shop.order(first, "43").await(Shop.SOON).isCompleted()).isTrue();
    }
  }

  private SagaHandle atItsGate(SagaCoordinator coordinator) throws InterruptedException {
    shop.shut("42");
    SagaHandle saga = shop.order(coordinator, "42");
    shop.awaitAtGate("42");
    return saga;
  }

  private void assertResumedWithTheSameKey(SagaHandle saga) {
    List<String> calls = new ArrayList<>(Shop.straight(saga));
    calls.add(0, saga.id() + ":reserve"); // the call that was interrupted
    assertThat(shop.callsOf(saga)).containsExactlyElementsOf(calls);
    assertThat(Shop.kinds(saga))
        .containsExactly(
            SAGA_STARTED,
            SAGA_RESUMED,
            STEP_COMPLETED,
            STEP_COMPLETED,
            STEP_COMPLETED,
            SAGA_COMPLETED);
  }

  private SagaCoordinator start(String node) {
    return shop.coordinator(PostgresSagaStore.create(database), node).start();
  }
}
