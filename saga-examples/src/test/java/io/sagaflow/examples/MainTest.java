package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.testsupport.Database;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class MainTest {

  @Test
  void givenHelp_whenAsked_thenEveryOptionIsExplained() {
    Run run = Run.of("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("--url", "--chaos", "--rounds", "--sagas", "--seed", "--sabotage", "--verbose");
  }

  @Test
  void givenUnknownOption_whenRun_thenItIsNamedAndTheLikelyOneShown() {
    Run run = Run.of("--chaoss");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--chaoss", "Possible solutions: --chaos");
  }

  @Test
  void givenNoNumber_whenRun_thenTheOptionIsNamed() {
    Run run = Run.of("--chaos", "--sagas", "many");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--sagas", "many");
  }

  @Test
  void givenNoRounds_whenRun_thenTheLimitIsNamed() {
    Run run = Run.of("--url", TestPostgres.freshDatabase().jdbcUrl(), "--chaos", "--rounds", "0");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--rounds").contains("at least 1");
  }

  @Test
  void givenAnotherDatabasesUrl_whenRun_thenTheFormIsShown() {
    Run run = Run.of("--url", "jdbc:mysql://localhost/test");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("jdbc:postgresql:").doesNotContain("Exception");
  }

  @Test
  void givenNobodyAtTheUrl_whenRun_thenTheServerIsNamed() {
    Run run = Run.of("--url", "jdbc:postgresql://localhost:1/test?user=me");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("localhost:1").doesNotContain("at io.sagaflow");
  }

  @Test
  void givenSchemasOfSomebodyElse_whenRun_thenTheyAreNotTouched() throws Exception {
    Database database = TestPostgres.freshDatabase();
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA shop_orders CREATE TABLE precious (id integer)");
    }

    Run run = Run.of("--url", database.jdbcUrl());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("shop_orders").contains("use another database");
    try (Connection connection = database.dataSource().getConnection()) {
      assertThat(Sql.read(connection, "SELECT count(*) FROM shop_orders.precious")).isEqualTo("0");
    }
  }
}
