package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShopTest {

  private final HikariDataSource dataSource =
      Postgres.pool(TestPostgres.freshDatabase().jdbcUrl(), "test", 2);

  @AfterEach
  void closePool() {
    dataSource.close();
  }

  @Test
  void givenAServerThatFailsHalfway_whenTheShopIsOpened_thenNoUnmarkedSchemaIsLeft()
      throws SQLException {
    execute(
        """
        CREATE FUNCTION fail() RETURNS event_trigger LANGUAGE plpgsql
          AS 'BEGIN RAISE EXCEPTION ''halfway''; END';
        CREATE EVENT TRIGGER halfway ON ddl_command_start WHEN TAG IN ('COMMENT')
          EXECUTE FUNCTION fail();
        """);

    assertThatThrownBy(() -> Shop.open(dataSource)).hasMessageContaining("halfway");

    assertThat(schemas()).isEqualTo("0");
  }

  @Test
  void givenABrokenConnection_whenATransactionFails_thenItsOwnFailureIsTold() {
    IllegalStateException failure = new IllegalStateException("what really happened");

    assertThatThrownBy(
            () ->
                Sql.transaction(
                    dataSource,
                    connection -> {
                      connection.close(); // so that it can't be rolled back
                      throw failure;
                    }))
        .isSameAs(failure)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String schemas() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      return Sql.read(
          connection, "SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, 'shop_')");
    }
  }
}
