package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FloorTest {

  private static final String JOURNAL =
      """
      SELECT string_agg(seq || kind || coalesce(step, '-') || attempt || coalesce(code, '-')
                        || coalesce(due::text, '-') || length(coalesce(payload, ''::bytea)), ';'
                        ORDER BY seq)
      FROM ${schema}.saga_journal GROUP BY saga_id
      """;

  private Server server;

  @BeforeEach
  void connect() {
    server = Server.at(DurableServer.url());
  }

  @AfterEach
  void disconnect() {
    server.close();
  }

  @Test
  void givenASagaOfTheEngine_whenItsRowsAreInsertedWithoutIt_thenTheyAreTheSame() throws Exception {
    List<JournalRow> template = runOneSaga();

    try (Floor floor = new Floor(server, 1)) {
      Load load = floor.load(new JournalRows(template, 2), 5);
      load.begin();
      load.begin();
    }

    List<String> engine = journals("bench_engine");
    assertThat(engine).hasSize(1);
    assertThat(journals("bench_floor")).containsExactly(engine.get(0), engine.get(0));
  }

  @Test
  void givenSagasInFlight_whenTheirRowsAreMade_thenTheSagasTakeTurnsAndTheLastTwoComeTogether() {
    List<JournalRow> template =
        List.of(row(1, "SAGA_STARTED"), row(2, "STEP_COMPLETED"), row(3, "SAGA_COMPLETED"));

    List<JournalRow> rows = new JournalRows(template, 2).next(6);

    assertThat(rows).extracting(JournalRow::seq).containsExactly(1L, 1L, 2L, 3L, 2L, 3L);
    assertThat(rows.get(0).sagaId()).isNotEqualTo(rows.get(1).sagaId());
    assertThat(rows.get(2).sagaId()).isEqualTo(rows.get(0).sagaId());
    assertThat(rows.get(5).sagaId()).isEqualTo(rows.get(1).sagaId());
  }

  private static JournalRow row(long seq, String kind) {
    return new JournalRow(new UUID(0, 0), seq, List.of(kind, "", "", "", ""), 0, null);
  }

  private List<JournalRow> runOneSaga() throws Exception {
    Node.Place place = new Node.Place("bench_engine", null);
    try (Coordinators engine =
            Coordinators.open(server, place, 1, ParcelSaga.ofSteps(3, Participant.IDLE));
        var connection = server.dataSource().getConnection()) {
      engine.load(new Parcels(Mode.HAPPY, 0), false).begin().toCompletableFuture().join();
      return JournalRows.ofOneSaga(connection, "bench_engine");
    }
  }

  private List<String> journals(String schema) throws Exception {
    try (var connection = server.dataSource().getConnection()) {
      return Sql.column(connection, JOURNAL.replace("${schema}", schema));
    }
  }
}
