package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** Each class of mistake, planted, and what the explorer says about it. */
class SagaExplorerFindsTest {

  private final ExploredShop shop = new ExploredShop();

  private AbstractThrowableAssert<?, ?> assertFound() {
    return assertFound(shop.explorer());
  }

  private static AbstractThrowableAssert<?, ?> assertFound(SagaExplorer<String> explorer) {
    return assertThatThrownBy(explorer::explore).isInstanceOf(AssertionError.class);
  }

  @Test
  void givenAnActionThatIsNotIdempotent_whenExplored_thenFound() {
    shop.charge =
        ctx -> {
          shop.ledger.applied("payment", ctx.idempotencyKey());
          return "p-1";
        };

    assertFound()
        .hasMessageContaining("1. Step charge took effect twice under the same key")
        .hasMessageContaining("To run it alone: .only(\"");
  }

  @Test
  void givenACompensationThatIsNotIdempotent_whenExplored_thenFound() {
    shop.refund =
        ctx -> {
          if (shop.payments.calls().contains("act " + ctx.actionKey())) {
            shop.ledger.compensated("payment", ctx.actionKey());
          }
        };

    assertFound().hasMessageContaining("1. The compensation of step charge isn't idempotent");
  }

  @Test
  void givenACompensationThatUndoesWhatWasNotDone_whenExplored_thenFound() {
    Set<String> refunded = new HashSet<>();
    shop.participants.add(refunded::clear);
    shop.refund =
        ctx -> {
          if (refunded.add(ctx.actionKey())) {
            shop.ledger.compensated("payment", ctx.actionKey());
          }
        };

    assertFound()
        .hasMessageContaining(
            "1. The compensation of step charge undid an effect that isn't there");
  }

  @Test
  void givenAnActionThatMakesUpItsKeys_whenExplored_thenFound() {
    shop.charge = ctx -> shop.payments.act(UUID.randomUUID().toString());

    assertFound()
        .hasMessageContaining("1. ")
        .hasMessageContaining("Step charge took effect under 2 different keys (effect payment)")
        .hasMessageContaining("payment applied, key other-key-2");
  }

  @Test
  void givenACompensationThatNeedsTheResult_whenExplored_thenFound() {
    List<String> refunded = new ArrayList<>();
    shop.refund =
        ctx -> {
          String payment = ctx.ownResult().orElseThrow();
          shop.payments.compensate(ctx.actionKey(), () -> refunded.add(payment));
        };

    assertFound()
        .hasMessageContaining(
            "The saga is STUCK: the compensation of step charge needs the result of its action,"
                + " which isn't known here");
  }

  @Test
  void givenAParticipantWithoutABarrier_whenExplored_thenTheLateEffectIsFound() {
    shop.payments.tolerant();

    assertFound()
        .hasMessageContaining("Step charge took effect after it had been compensated")
        .hasMessageContaining(">>> network   a late request of charge arrives");
  }

  @Test
  void givenATolerantParticipant_whenLateRequestsAreLeftOut_thenNothingIsWrong() {
    shop.payments.tolerant();

    shop.explorer().without(FaultKind.LATE_REQUEST, FaultKind.LATE_DUPLICATE).explore();
  }

  @Test
  void givenALostAnswerThatIsTakenForARejection_whenExplored_thenFound() {
    SagaDefinition<String> definition = shop.untilCharge().rejectedBy(Exception.class).build();

    assertFound(shop.explorer(definition))
        .hasMessageContaining(
            "The saga is COMPENSATED, but the effect payment of step charge stands. The step's"
                + " failure was taken for a definite rejection");
  }

  @Test
  void givenACompensationThatDoesNothing_whenExplored_thenFound() {
    shop.refund = ctx -> {};

    assertFound()
        .hasMessageContaining(
            "the effect payment of step charge stands. The step's compensation ran, and left it.");
  }

  @Test
  void givenAnActionThatSkipsItsWorkWhenRepeated_whenExplored_thenTheMissingEffectIsFound() {
    shop.charge =
        ctx -> ctx.attempt() > 1 ? "done already" : shop.payments.act(ctx.idempotencyKey());

    assertFound()
        .hasMessageContaining("The saga is COMPLETED, but the effect payment of step charge is")
        .hasMessageContaining("missing");
  }

  @Test
  void givenRetriesThatAreUsedUpByOneFault_whenExplored_thenStuckIsFound() {
    SagaDefinition<String> definition =
        shop.untilCharge().compensationRetry(RetryPolicy.none()).build();

    assertFound(shop.explorer(definition))
        .hasMessageContaining("The saga is STUCK and waits for an operator. Compensation of step");
  }

  @Test
  void givenAnInvariantThatBreaks_whenExplored_thenItsNameAndItsReasonAreTold() {
    assertFound(
            shop.explorer()
                .invariant(
                    "everybody buys",
                    outcome -> {
                      if (outcome.status() != SagaStatus.COMPLETED) {
                        throw new AssertionError("nobody\n  bought");
                      }
                    }))
        .hasMessageContaining(
            "The saga is COMPENSATED, and the invariant 'everybody buys' doesn't hold: nobody"
                + " bought")
        .hasMessageContaining(">>>");
  }

  @Test
  void givenAMistakeWithoutAnyFault_whenExplored_thenNothingElseIsRun() {
    shop.charge =
        ctx -> {
          shop.payments.act(ctx.idempotencyKey());
          return shop.payments.act(UUID.randomUUID().toString());
        };

    assertFound(shop.explorer().invariant("never", () -> shop.orders.act("x", () -> fail())))
        .hasMessageContaining("goes wrong in 1 of 1 runs")
        .hasMessageContaining("'no fault'")
        .hasMessageContaining("doesn't hold: java.io.IOException: gone");
  }

  @Test
  void givenSeveralMistakes_whenExplored_thenEachIsToldOnce() {
    shop.payments.tolerant();
    shop.stock.tolerant();

    assertFound()
        .hasMessageContaining("in 2 ways")
        .hasMessageContaining("1. Step reserve took effect after it had been compensated")
        .hasMessageContaining("2. Step charge took effect after it had been compensated");
  }

  private static String fail() throws IOException {
    throw new IOException("gone");
  }
}
