package io.sagaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurabilityTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "throughput",
        "floor",
        "baseline",
        "recovery",
        "parked",
        "history",
        "queries",
        "forms"
      })
  void givenSynchronousCommitIsOff_whenACommandRuns_thenItRefusesToMeasure(String command) {
    String url = DurableServer.url() + "&options=-c%20synchronous_commit=off";

    Run run = Run.of(command, "--url", url);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("The server has synchronous_commit off");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void givenFsyncIsOff_whenACommandRuns_thenItRefusesToMeasure() throws Exception {
    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder().setServerConfig("fsync", "off").start()) {
      Run run = Run.of("throughput", "--url", server.getJdbcUrl("postgres", "postgres"));

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err())
          .contains("The server has fsync off: its commits aren't durable, so nothing is measured");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void givenNoUrl_whenACommandRuns_thenItsOwnServerIsDurable() {
    Run run =
        Run.of("throughput", "--in-flight", "4", "--seconds", "1", "--warm-up", "0", "--json");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.json().at("/postgresql_settings/fsync").asText()).isEqualTo("on");
    assertThat(run.json().at("/postgresql_settings/synchronous_commit").asText()).isEqualTo("on");
    assertThat(run.json().at("/postgresql_settings/full_page_writes").asText()).isEqualTo("on");
  }
}
