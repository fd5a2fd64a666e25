package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;

class ChaosTest {

  @Test
  void givenManySagas_whenTheCoordinatorIsKilledInTheirMidst_thenTheAuditHolds() {
    Run run =
        Run.of(
            "--url",
            TestPostgres.freshDatabase().jdbcUrl(),
            "--chaos",
            "--rounds",
            "2",
            "--sagas",
            "150",
            "--seed",
            "4");

    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.out())
        .containsPattern("round  1: killed after .* audit holds")
        .containsPattern("round  2: killed after .* audit holds")
        .contains("The audit holds: 300 orders");
  }
}
