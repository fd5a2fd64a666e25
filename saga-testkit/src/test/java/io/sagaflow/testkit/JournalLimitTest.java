package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.VoidStepBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Retries end when the journal has reached its limit, whatever the policy says. */
class JournalLimitTest {

  private static final int LIMIT = 100;
  private static final RetryPolicy ENDLESS = RetryPolicy.fixed(Duration.ofSeconds(1));

  private final Shop shop = new Shop();

  private VoidStepBuilder<String> failing() {
    return SagaDefinition.named("failing", String.class)
        .step("fail")
        .action(
            ctx -> {
              throw new IllegalStateException("connection reset");
            })
        .retry(ENDLESS);
  }

  private VirtualNode node(SagaDefinition<String> definition) {
    return shop.time.start(shop.builder("node-1").register(definition).maxJournalRecords(LIMIT));
  }

  private SagaHandle start(SagaDefinition<String> definition) {
    return node(definition).coordinator().start(definition, "key", "input");
  }

  @Test
  void givenPivotThatFailsForEver_whenTheJournalIsFull_thenStuck() {
    SagaHandle saga = start(failing().pivot().build());

    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(Shop.kinds(saga))
        .hasSize(LIMIT + 1)
        .endsWith("ACTION_FAILED fail", "SAGA_STUCK fail");
    assertThat(outcome.reason().orElseThrow()).contains(LIMIT + " records", "maxJournalRecords");
  }

  @Test
  void givenFullJournal_whenCommandsAreRefusedAgainAndAgain_thenItGrowsNoMore() {
    SagaDefinition<String> definition = failing().pivot().build();
    VirtualNode node = node(definition);
    SagaHandle saga = node.coordinator().start(definition, "key", "input");
    saga.await(SOON);

    for (int i = 0; i < 50; i++) {
      node.coordinator().operator("ann", "once more").skipCompensation(saga.id(), "fail");
      shop.time.advance(Duration.ofSeconds(1));
    }
    node.coordinator().retry(saga.id(), "ann", "now it works");
    shop.time.advance(Duration.ofSeconds(1));

    assertThat(Shop.kinds(saga))
        .hasSize(LIMIT + 3)
        .endsWith("SAGA_STUCK fail", "SAGA_RETRIED", "SAGA_STUCK fail");
  }

  @Test
  void givenStepBeforeThePivotThatFailsForEver_whenTheJournalIsFull_thenCompensated() {
    SagaHandle saga = start(failing().compensation(ctx -> shop.calls.add("~fail")).build());

    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(Shop.kinds(saga).get(LIMIT)).isEqualTo("STEP_UNKNOWN fail");
    assertThat(shop.calls).containsExactly("~fail");
  }
}
