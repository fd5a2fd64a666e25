package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.CompensationContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepRejectedException;
import io.sagaflow.testkit.Shop.Declined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackwardTest {

  private final Shop shop = new Shop();

  @Test
  void givenRejection_whenTurning_thenTheStepsBeforeAreCompensatedAndNotTheRejectedOne() {
    shop.on(
        "charge",
        ctx -> {
          throw new Declined();
        });

    SagaOutcome outcome = shop.run();

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason()).hasValueSatisfying(why -> assertThat(why).contains("charge"));
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "~reserve", "~create");
  }

  @Test
  void givenStepRejectedException_whenThrown_thenItIsARejectionWithoutDeclaration() {
    shop.on(
        "reserve",
        ctx -> {
          throw new StepRejectedException("sold out");
        });

    assertThat(shop.run().status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).containsExactly("create", "reserve", "~create");
  }

  @Test
  void givenUsedUpRetries_whenTurning_thenTheUnknownStepIsCompensatedToo() {
    shop.on(
        "charge",
        ctx -> {
          throw new IllegalStateException("connection reset");
        });

    SagaOutcome outcome = shop.run();

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls)
        .containsExactly("create", "reserve", "charge", "~charge", "~reserve", "~create");
  }

  @Test
  void givenRejectionAfterAFailedAttempt_whenTurning_thenTheStepIsUnknownAndCompensated() {
    SagaDefinition<Shop.Order> patient =
        shop.define("patient", RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(3));
    int[] attempts = {0};
    shop.on(
        "charge",
        ctx -> {
          if (attempts[0]++ == 0) {
            throw new IllegalStateException("connection reset"); // perhaps after the effect
          }
          throw new Declined();
        });
    VirtualNode node = shop.time.start(shop.builder("node-1").register(patient));

    SagaHandle saga = node.coordinator().start(patient, "order-42", Shop.ORDER);

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls)
        .containsExactly("create", "reserve", "charge", "charge", "~charge", "~reserve", "~create");
  }

  @Test
  void givenErrorThrown_whenTheActionRuns_thenItIsAFailureOfTheStepAndTheEngineGoesOn() {
    shop.on(
        "charge",
        ctx -> {
          throw new OutOfMemoryError("Java heap space");
        });

    assertThat(shop.run().status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).contains("~charge");
  }

  @Test
  void givenFailingCompensation_whenItsRetriesAreUsedUp_thenStuckUntilAnOperatorRetries() {
    shop.on(
        "charge",
        ctx -> {
          throw new IllegalStateException("connection reset");
        });
    shop.on("~charge", Shop.failing(4, new IllegalStateException("bank is down")));
    VirtualNode node = shop.node("node-1");
    SagaHandle saga = shop.start(node);

    SagaOutcome stuck = saga.await(SOON);
    node.coordinator().retry(saga.id(), "ann", "the bank is back");
    shop.time.settle(); // until the command is taken up the saga is still stuck
    SagaOutcome ended = saga.await(SOON);

    assertThat(stuck.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(stuck.reason())
        .hasValueSatisfying(
            why -> assertThat(why).contains("charge").contains("3 attempts").contains("bank"));
    assertThat(ended.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).filteredOn("~charge"::equals).hasSize(5);
    assertThat(Shop.kinds(saga)).contains("SAGA_STUCK charge", "SAGA_RETRIED");
  }

  @Test
  void givenUnknownOutcome_whenCompensated_thenTheOwnResultIsEmptyAndTheActionsKeyIsKnown() {
    List<String> seen = new ArrayList<>();
    shop.on(
        "charge",
        ctx -> {
          seen.add(ctx.idempotencyKey());
          throw new IllegalStateException("connection reset");
        });
    shop.on(
        "~charge",
        ctx -> {
          CompensationContext<?, ?> own = (CompensationContext<?, ?>) ctx;
          assertThat(own.ownResult()).isEqualTo(Optional.empty());
          seen.add(own.actionKey());
          assertThat(own.idempotencyKey()).isNotEqualTo(own.actionKey());
        });
    shop.on(
        "~reserve",
        ctx ->
            assertThat(((CompensationContext<?, ?>) ctx).ownResult())
                .isEqualTo(Optional.of(new Shop.Reservation("r-42"))));

    assertThat(shop.run().status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0)).isEqualTo(seen.get(1));
  }

  @Test
  void givenRejectedPivot_whenNoAttemptIsOpen_thenTheSagaTurnsBack() {
    shop.on(
        "confirm",
        ctx -> {
          throw new Declined();
        });

    assertThat(shop.run().status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls)
        .containsExactly(
            "create", "reserve", "charge", "confirm", "~charge", "~reserve", "~create");
  }

  @Test
  void givenFailingPivot_whenItsRetriesAreUsedUp_thenStuckAndNothingIsCompensated() {
    shop.on(
        "confirm",
        ctx -> {
          throw new IllegalStateException("connection reset");
        });

    SagaOutcome outcome = shop.run();

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(shop.calls)
        .containsExactly("create", "reserve", "charge", "confirm", "confirm", "confirm", "confirm");
  }

  @Test
  void givenRejectionAfterThePivot_whenItHappens_thenStuckForAnOperator() {
    shop.on(
        "receipt",
        ctx -> {
          throw new StepRejectedException("no such address");
        });

    SagaOutcome outcome = shop.run();

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason())
        .hasValueSatisfying(why -> assertThat(why).contains("receipt").contains("pivot"));
  }

  @Test
  void givenStepsWithoutCompensation_whenTurning_thenTheyAreLeftAsTheyAre() {
    List<String> calls = new ArrayList<>();
    SagaDefinition<String> definition =
        SagaDefinition.named("mixed", String.class)
            .step("look")
            .action(ctx -> calls.add("look"))
            .readOnly()
            .step("write")
            .action(ctx -> calls.add("write"))
            .compensation(ctx -> calls.add("~write"))
            .step("log")
            .action(ctx -> calls.add("log"))
            .withoutCompensation("an extra log line harms nobody")
            .step("refuse")
            .action(
                ctx -> {
                  throw new StepRejectedException("no");
                })
            .readOnly()
            .build();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));

    SagaOutcome outcome = node.coordinator().start(definition, "key", "input").await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("look", "write", "log", "~write");
  }
}
