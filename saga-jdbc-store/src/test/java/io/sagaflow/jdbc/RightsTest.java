package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.testsupport.Database;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user with the rights that docs/schema.md asks for, and no others. */
class RightsTest {

  private final Database database = TestPostgres.freshDatabase();
  private final Look look = new Look(database.dataSource());
  private final String user = "app_" + UUID.randomUUID().toString().replace('-', '_');
  private final Shop shop = new Shop();

  @BeforeEach
  void createUser() throws SQLException {
    look.execute("CREATE ROLE " + user + " LOGIN PASSWORD 'pass'");
    look.execute(named().schemaSql());
    look.execute("GRANT USAGE ON SCHEMA sagas TO " + user);
    look.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA sagas TO " + user);
  }

  @AfterEach
  void dropUser() throws SQLException {
    look.execute("DROP OWNED BY " + user);
    look.execute("DROP ROLE " + user);
  }

  @Test
  void givenDocumentedRights_whenSagasRunAndAreCancelled_thenNothingIsMissing() throws Exception {
    PostgresSagaStore store = named().migrate(false).build();
    try (SagaCoordinator coordinator = shop.coordinator(store, "node-1").start()) {
      shop.shut("cancelled");
      SagaHandle cancelled = shop.order(coordinator, "cancelled");
      shop.awaitAtGate("cancelled");

      cancelled.cancel("ann", "changed her mind");

      assertThat(cancelled.await(Shop.SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
      assertThat(shop.order(coordinator, "fine").await(Shop.SOON).isCompleted()).isTrue();
    }
    assertThat(look.query("SELECT kind FROM sagas.flow_history")).isNotEmpty();
  }

  private PostgresSagaStore.Builder named() {
    String withoutUser = database.jdbcUrl().replaceAll("(user|password)=[^&]*&?", "");
    return PostgresSagaStore.builder()
        .url(withoutUser, user, "pass")
        .schema("sagas")
        .tablePrefix("flow_");
  }
}
