package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Rows that somebody changed by hand: their saga is stuck, visibly, and no other. */
class CorruptSagaTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final Shop shop = new Shop();

  /** What is done to an order's rows, and what its reason then has to say. */
  private static final Map<String, Damage> DAMAGES = new LinkedHashMap<>();

  private record Damage(String sql, String reason) {}

  static {
    damage("kind", "UPDATE saga_journal SET kind = 'STEP_PAINTED'", "STEP_PAINTED");
    damage("payload", "UPDATE saga_journal SET payload = 'no json'", "is not JSON any more");
    damage("cut", "UPDATE saga_journal SET payload = substr(payload, 1, 5)", "JSON");
    damage("no-payload", "UPDATE saga_journal SET payload = NULL", "column payload is empty");
    damage("steps", "UPDATE saga_journal SET code = 'other steps'", "other steps");
    damage("seq", "UPDATE saga_journal SET seq = 7", "record 7 where record 1 belongs");
    damage("gone", "DELETE FROM saga_journal", "doesn't begin with SAGA_STARTED");
    damage("status", "UPDATE saga_instance SET status = 'PAINTED'", "by its row");
    damage("turned", "UPDATE saga_instance SET status = 'COMPENSATING'", "COMPENSATING by its row");
  }

  private static void damage(String order, String sql, String reason) {
    DAMAGES.put(order, new Damage(sql, reason));
  }

  @Test
  void givenCorruptRows_whenTheirSagasAreTakenOver_thenTheyAreStuckWithAReasonAndOthersComplete()
      throws Exception {
    Map<String, SagaHandle> orders = interruptedOrders();
    for (Map.Entry<String, Damage> damage : DAMAGES.entrySet()) {
      String id = orders.get(damage.getKey()).id().toString();
      String column = damage.getValue().sql().contains("saga_instance") ? "id" : "saga_id";
      look.execute(damage.getValue().sql() + " WHERE " + column + " = '" + id + "'");
    }

    try (SagaCoordinator second = start("node-2")) {
      for (Map.Entry<String, SagaHandle> order : orders.entrySet()) {
        SagaHandle saga = second.find(order.getValue().id()).orElseThrow();
        Damage damage = DAMAGES.get(order.getKey());
        if (damage == null) {
          assertThat(saga.await(Shop.SOON).isCompleted()).as(order.getKey()).isTrue();
        } else {
          assertStuck(order.getKey(), saga, damage.reason());
        }
      }
    }
  }

  private void assertStuck(String order, SagaHandle saga, String reason) throws Exception {
    look.await(
        "SELECT seq FROM saga_journal WHERE kind = 'SAGA_STUCK' AND saga_id = '" + saga.id() + "'");
    SagaOutcome outcome = saga.await(Shop.SOON);
    assertThat(outcome.status()).as(order).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).as(order).contains(reason);
    assertThat(shop.callsOf(saga)).as(order).hasSize(1); // that of the first node
  }

  /** Orders whose first action was interrupted when their coordinator was closed. */
  private Map<String, SagaHandle> interruptedOrders() throws InterruptedException {
    List<String> names = new ArrayList<>(DAMAGES.keySet());
    names.add(0, "fine-1");
    names.add("fine-2");
    Map<String, SagaHandle> orders = new LinkedHashMap<>();
    try (SagaCoordinator first = start("node-1")) {
      for (String order : names) {
        shop.shut(order);
        orders.put(order, shop.order(first, order));
        shop.awaitAtGate(order);
        shop.openForNewcomers(order);
      }
    }
    return orders;
  }

  private SagaCoordinator start(String node) {
    return shop.coordinator(PostgresSagaStore.create(database), node).start();
  }
}
