package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class RoundTripsTest {

  private final RoundTrips roundTrips = new RoundTrips();

  @Test
  void givenAConnection_whenItIsUsed_thenEachWaitForTheServerIsCounted() throws SQLException {
    try (Connection connection = connect()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
        statement.setInt(1, 1);
        statement.executeQuery();
      }
      connection.commit();
    }

    assertThat(roundTrips.count()).isEqualTo(3);
  }

  @Test
  void givenAStatementThatFails_whenItIsExecuted_thenTheDriversExceptionComesThrough()
      throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertThat(catchThrowable(() -> statement.execute("NONSENSE")))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("NONSENSE");
    }
  }

  private Connection connect() throws SQLException {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(DurableServer.url());
    return roundTrips.counting(dataSource).getConnection();
  }
}
