package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.CHARGE;
import static io.sagaflow.testkit.Shop.RESERVE;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class ForwardTest {

  private final Shop shop = new Shop();

  @Test
  void givenNoTrouble_whenStarted_thenEveryStepRunsOnceInOrder() {
    SagaOutcome outcome = shop.run();

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(outcome.reason()).isEmpty();
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "confirm", "receipt");
    assertThat(outcome.result(RESERVE)).contains(new Shop.Reservation("r-42"));
    assertThat(outcome.result(CHARGE)).contains(new Shop.Payment("p-r-42"));
  }

  @Test
  void givenAnotherTypeForAStep_whenItsResultIsRead_thenClearError() {
    SagaOutcome outcome = shop.run();

    assertThatThrownBy(() -> outcome.result(StepKey.of("reserve", String.class)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reserve")
        .hasMessageContaining("java.lang.String");
  }

  @Test
  void givenTransientFailures_whenRetried_thenTheSameKeyIsUsedAndTheSagaCompletes() {
    shop.on("receipt", Shop.failing(3, new IllegalStateException("mail is down")));

    SagaOutcome outcome = shop.run();

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).filteredOn("receipt"::equals).hasSize(4);
    assertThat(new HashSet<>(shop.keys)).hasSize(5);
  }

  @Test
  void givenBackoff_whenRetried_thenTheDelaysGrowUpToTheCap() {
    List<Instant> attempts = new ArrayList<>();
    RetryPolicy policy =
        RetryPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(5))
            .jitter(0)
            .maxAttempts(6);
    SagaDefinition<String> definition =
        SagaDefinition.named("backoff", String.class)
            .step("flaky")
            .action(
                ctx -> {
                  attempts.add(shop.time.now());
                  assertThat(ctx.attempt()).isEqualTo(attempts.size());
                  throw new IllegalStateException("not yet");
                })
            .readOnly()
            .retry(policy)
            .build();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));

    node.coordinator().start(definition, "key", "input").await(SOON);

    List<Long> delays = new ArrayList<>();
    for (int i = 1; i < attempts.size(); i++) {
      delays.add(Duration.between(attempts.get(i - 1), attempts.get(i)).toSeconds());
    }
    assertThat(delays).containsExactly(1L, 2L, 4L, 5L, 5L);
  }

  @Test
  void givenRunningCall_whenItLogs_thenTheMdcNamesSagaStepAndAttempt() {
    List<String> seen = new ArrayList<>();
    shop.on(
        "reserve",
        ctx -> {
          for (String key : List.of("saga.id", "saga.definition", "saga.step", "saga.attempt")) {
            seen.add(MDC.get(key));
          }
        });

    SagaOutcome outcome = shop.run();

    assertThat(seen).containsExactly(outcome.sagaId().toString(), "place-order v1", "reserve", "1");
    assertThat(MDC.get("saga.id")).isNull();
  }

  @Test
  void givenManySagas_whenStartedTogether_thenAllComplete() {
    VirtualNode node = shop.node("node-1");
    Set<SagaHandle> sagas = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      sagas.add(node.coordinator().start(shop.placeOrder, "order-" + i, Shop.ORDER));
    }

    for (SagaHandle saga : sagas) {
      assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    }
    assertThat(shop.calls).hasSize(2_500);
  }
}
