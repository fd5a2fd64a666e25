package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;

class HandWrittenTest {

  @Test
  void givenAHandWrittenSaga_whenItRuns_thenEachTransitionIsInTheTables() throws Exception {
    try (Server server = Server.at(DurableServer.url());
        HandWritten sagas = new HandWritten(server, 3, 1);
        Connection connection = server.dataSource().getConnection()) {
      sagas.load(new Parcels(Mode.HAPPY, 0)).begin();

      assertThat(
              Sql.text(
                  connection,
                  "SELECT status || ' ' || convert_from(input, 'UTF8') FROM bench_hand.saga"))
          .startsWith("COMPLETED {\"orderId\":\"order-1\"");
      assertThat(
              Sql.column(
                  connection,
                  "SELECT number || convert_from(result, 'UTF8') FROM bench_hand.step ORDER BY 1"))
          .containsExactly(
              "1{\"reference\":\"order-1/step-1\"}",
              "2{\"reference\":\"order-1/step-2\"}",
              "3{\"reference\":\"order-1/step-3\"}");
    }
  }
}
