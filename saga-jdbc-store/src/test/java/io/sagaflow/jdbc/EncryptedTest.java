package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.EncryptingPayloadCodec;
import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.KeyRing;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What an encrypting codec has written is in no table of a real PostgreSQL. */
class EncryptedTest {

  private static final String MARKER = "MARKER-4711";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final StepKey<String> BOOK = StepKey.of("book", String.class);
  private static final StepKey<String> PAID = StepKey.of("paid", String.class);

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final AtomicReference<String> seen = new AtomicReference<>();

  private final SagaDefinition<String> packing =
      SagaDefinition.named("packing", String.class)
          .step("pack")
          .action(ctx -> {})
          .compensation(ctx -> {})
          .build();

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .step(BOOK)
          .transactional((ctx, connection) -> "booked " + ctx.input())
          .transactionalCompensation((ctx, connection) -> {})
          .child("packing", packing, ctx -> "packing " + ctx.input())
          .awaitSignal(PAID)
          .step("tell")
          .action(ctx -> seen.set(ctx.input() + ctx.result(BOOK) + ctx.result(PAID)))
          .retry(RetryPolicy.none())
          .pivot()
          .build();

  private SagaCoordinator coordinator() {
    SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
    return SagaCoordinator.builder()
        .store(PostgresSagaStore.create(database))
        .nodeName("node-1")
        .register(packing, order)
        .pollInterval(Duration.ofMillis(50))
        .codec(
            EncryptingPayloadCodec.around(
                JacksonPayloadCodec.withDefaults(), KeyRing.of("2026-11", key)))
        .start();
  }

  private List<String> tablesWithTheMarker() throws SQLException {
    return look.query(
        """
        SELECT 'journal' FROM saga_journal AS t
        WHERE t::text LIKE '%MARKER%' OR position('MARKER'::bytea IN t.payload) > 0
        UNION ALL
        SELECT 'inbox' FROM saga_inbox AS t
        WHERE t::text LIKE '%MARKER%' OR position('MARKER'::bytea IN t.payload) > 0
        UNION ALL SELECT 'instance' FROM saga_instance AS t WHERE t::text LIKE '%MARKER%'
        UNION ALL SELECT 'node' FROM saga_node AS t WHERE t::text LIKE '%MARKER%'
        UNION ALL SELECT 'definition' FROM saga_definition AS t WHERE t::text LIKE '%MARKER%'
        UNION ALL SELECT 'history' FROM saga_history AS t WHERE t::text LIKE '%MARKER%'
        """);
  }

  @Test
  void givenSagaWithSecrets_whenItHasRun_thenNoTableHasThemAndTheViewNamesTheKey()
      throws Exception {
    SagaHandle saga;
    try (SagaCoordinator coordinator = coordinator()) {
      saga = coordinator.start(order, "key", MARKER);
      look.await("SELECT 1 FROM saga_journal WHERE step = 'packing' AND kind = 'STEP_COMPLETED'");
    }
    try (SagaCoordinator coordinator = coordinator()) {
      coordinator.signal("order", "key", PAID, "paid " + MARKER, "signal-1");
      SagaHandle same = coordinator.find(saga.id()).orElseThrow();

      assertThat(same.await(PATIENCE).status()).isEqualTo(SagaStatus.COMPLETED);
      assertThat(same.await(PATIENCE).result(BOOK)).contains("booked " + MARKER);
    }
    assertThat(seen.get()).isEqualTo(MARKER + "booked " + MARKER + "paid " + MARKER);
    assertThat(tablesWithTheMarker()).isEmpty();
    assertThat(look.query("SELECT payload FROM saga_history WHERE payload IS NOT NULL"))
        .hasSizeGreaterThanOrEqualTo(4)
        .allMatch(payload -> payload.startsWith("AES1") && payload.contains("2026-11"));
  }

  @Test
  void givenPlainCodec_whenLookedAt_thenTheMarkerIsFound() throws Exception {
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder()
            .store(PostgresSagaStore.create(database))
            .register(packing, order)
            .start()) {
      coordinator.start(packing, "key", MARKER).await(PATIENCE);
    }

    assertThat(tablesWithTheMarker()).contains("journal", "history");
  }

  @Test
  void givenStartInATransaction_whenRepeated_thenTheInputCounts() throws Exception {
    try (SagaCoordinator coordinator = coordinator();
        Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      SagaHandle saga = coordinator.start(connection, packing, "key", MARKER);

      assertThat(coordinator.start(connection, packing, "key", MARKER).id()).isEqualTo(saga.id());
      assertThatThrownBy(() -> coordinator.start(connection, packing, "key", "other"))
          .isInstanceOf(SagaConflictException.class);
      connection.commit();
      assertThat(saga.await(PATIENCE).status()).isEqualTo(SagaStatus.COMPLETED);
    }
  }
}
