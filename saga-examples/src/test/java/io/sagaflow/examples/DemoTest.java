package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;

/** The main job, with its two real processes that are really killed. */
class DemoTest {

  @Test
  void givenFiveOrders_whenTwoCoordinatorsAreKilled_thenAllEndAsTheyHaveToAndTheAuditHolds() {
    Run run = Run.of("--url", TestPostgres.freshDatabase().jdbcUrl());

    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("(a)", "(b)", "(c)", "(d)", "(e)")
        .contains("charge-payment  REJECTED", "charge-payment  UNKNOWN")
        .contains("The audit holds: 5 orders, 2 confirmed, 3 not")
        .doesNotContain("FAIL", "NOT AS IT HAS TO BE", "STUCK")
        .containsPattern("(?s)\\(d\\).*SIGKILL.*taken over .* by shop-1.*COMPLETED.*\\(e\\)")
        .containsPattern("(?s)\\(e\\).*SIGKILL.*taken over .* by shop-2.*COMPENSATED");
  }

  @Test
  void givenASecondCharge_whenTheLedgersAreAudited_thenTheRunFails() {
    Run run = Run.of("--url", TestPostgres.freshDatabase().jdbcUrl(), "--sabotage");

    assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
    assertThat(run.out())
        .contains("FAIL  every confirmed order has exactly one charge", "THE AUDIT FAILED")
        .doesNotContain("NOT AS IT HAS TO BE");
  }
}
