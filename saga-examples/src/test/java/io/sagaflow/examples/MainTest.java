package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.testsupport.Database;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    Run run = Run.of("--chaos", "--rounds", "0");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--rounds").contains("at least 1");
  }

  @Test
  void givenChaos_whenSabotagedToo_thenItIsRefused() {
    Run run = Run.of("--chaos", "--sabotage");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--sabotage doesn't go with --chaos");
    assertThat(run.out()).isEmpty(); // no server was started
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rounds", "--sagas", "--seed"})
  void givenNoChaos_whenItsOptionsAreGiven_thenTheyAreRefused(String option) {
    Run run = Run.of(option, "3");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(option, "go only with --chaos");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void givenAWorkerWithoutItsEnvironment_whenRun_thenTheBugShowsItsTrace() {
    Run run = Run.of("worker", "--node", "shop-1");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("IllegalArgumentException", "at io.sagaflow");
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
