package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import java.io.OutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CopiedSagasTest {

  private static final Node.Place PLACE = new Node.Place("bench_engine", null);
  private static final String COUNT = "SELECT count(*) FROM bench_engine.saga_instance";

  /** All that a saga has in the tables but its id, its key and the times. */
  private static final String ROWS =
      """
      SELECT i.definition || i.version || i.status || coalesce(i.owner::text, '-')
             || coalesce(i.wake_at::text, '-') || i.orphaned || i.recoveries || i.commands
             || string_agg(j.seq || j.kind || coalesce(j.step, '-') || j.attempt
                           || coalesce(j.code, '-'), ';' ORDER BY j.seq)
      FROM bench_engine.saga_instance i JOIN bench_engine.saga_journal j ON j.saga_id = i.id
      GROUP BY i.id ORDER BY i.id
      """;

  private final ClosedLoop.Progress nowhere =
      new ClosedLoop.Progress("test", new PrintStream(OutputStream.nullOutputStream()));

  private Server server;
  private Connection connection;

  @BeforeEach
  void connect() throws SQLException {
    server = Server.at(DurableServer.url());
    connection = server.dataSource().getConnection();
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
    server.close();
  }

  @Test
  void givenASagaThatACrashLeft_whenItIsCopied_thenTheCopiesDifferInIdAndKeyOnly()
      throws Exception {
    SagaId one = Crash.leaveOne(server, PLACE, 3, "one");

    copy(one, 20);

    List<String> rows = Sql.column(connection, ROWS);
    assertThat(rows).hasSize(21);
    assertThat(rows).allMatch(rows.get(0)::equals);
    assertThat(Sql.number(connection, COUNT + " WHERE business_key LIKE 'copy-%'")).isEqualTo(20);
  }

  @Test
  void givenACrash_whenItsSagaIsLookedAt_thenItIsInItsSecondStepAndOwnedByTheDead()
      throws Exception {
    Crash.leaveOne(server, PLACE, 3, "one");

    assertThat(Sql.number(connection, COUNT + " WHERE status = 'RUNNING' AND owner IS NOT NULL"))
        .isEqualTo(1);
    assertThat(Sql.column(connection, "SELECT kind FROM bench_engine.saga_journal ORDER BY seq"))
        .containsExactly("SAGA_STARTED", "STEP_COMPLETED");
  }

  @Test
  void givenACopiedSaga_whenItsIdIsLookedAt_thenItIsATimeOrderedOne() throws Exception {
    SagaId one = Crash.leaveOne(server, PLACE, 3, "one");

    copy(one, 100);

    List<UUID> ids =
        Sql.column(
                connection,
                "SELECT id FROM bench_engine.saga_instance WHERE business_key <> 'one'"
                    + " ORDER BY split_part(business_key, '-', 2)::int")
            .stream()
            .map(UUID::fromString)
            .toList();
    assertThat(ids).allMatch(id -> id.version() == 7 && id.variant() == 2);
    assertThat(ids.stream().map(id -> id.getMostSignificantBits() >>> 16)).isSorted();
  }

  @Test
  void givenAServer_whenItIsClosed_thenNothingOfTheRunIsLeft() throws Exception {
    Crash.leaveOne(server, PLACE, 3, "one");

    server.close();

    assertThat(
            Sql.column(connection, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bench%'"))
        .isEmpty();
  }

  private void copy(SagaId saga, int count) throws SQLException {
    new CopiedSagas(connection, "bench_engine")
        .copy(saga.value(), new CopiedSagas.Series("copy", count), nowhere);
  }
}
