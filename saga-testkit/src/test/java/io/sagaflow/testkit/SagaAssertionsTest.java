package io.sagaflow.testkit;

import static io.sagaflow.testkit.SagaAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each assertion about sagas, where it holds and where it doesn't. */
class SagaAssertionsTest {

  private static final StepKey<String> CHARGE = StepKey.of("charge-payment", String.class);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension final SagaExtension sagas = new SagaExtension();

  private final FakeParticipant stock = FakeParticipant.named("stock", sagas.ledger());
  private final FakeParticipant payments = FakeParticipant.named("payment", sagas.ledger());

  private final SagaDefinition<String> definition =
      SagaDefinition.named("buy", String.class)
          .step("reserve-stock")
          .action(ctx -> stock.act(ctx.idempotencyKey(), () -> "s-1"))
          .compensation(ctx -> stock.compensate(ctx.actionKey()))
          .compensationRetry(RetryPolicy.none())
          .step(CHARGE)
          .action(ctx -> payments.act(ctx.idempotencyKey()))
          .compensation(ctx -> payments.compensate(ctx.actionKey()))
          .retry(RetryPolicy.none())
          .build();

  private SagaHandle start() {
    return sagas.start(definition, "key", "input");
  }

  private static void assertRefuses(ThrowingCallable assertion, String... texts) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContainingAll(texts);
  }

  @Test
  void givenACompletedSaga_whenAsserted_thenItIsNothingElse() {
    SagaHandle saga = start();

    assertThat(saga)
        .endsWithin(MINUTE)
        .isCompleted()
        .completedSteps("reserve-stock", "charge-payment")
        .compensatedNothing()
        .hasResult(CHARGE, "payment-1")
        .wasResumedTimes(0);
    assertRefuses(
        () -> assertThat(saga).isCompensated(),
        "we expected it to be COMPENSATED, but it is COMPLETED. Its history:",
        "SAGA_STARTED",
        "STEP_COMPLETED reserve-stock");
    assertRefuses(() -> assertThat(saga).isStuck(), "STUCK");
    assertRefuses(() -> assertThat(saga).completedSteps("reserve-stock"), "charge-payment]");
    assertRefuses(() -> assertThat(saga).hasResult(CHARGE, "p-2"), "it is payment-1");
    assertRefuses(() -> assertThat(saga).hasReasonContaining("x"), "there is none");
    assertRefuses(() -> assertThat(saga).wasResumedTimes(1), "it was 0 times");
  }

  @Test
  void givenAnUnknownOutcome_whenAsserted_thenTheOrderOfCompensationsIsChecked() {
    payments.nextActions(Behaviour.failingAfterEffect());

    SagaHandle saga = start();

    assertThat(saga)
        .endsWithin(MINUTE)
        .isCompensated()
        .compensatedInOrder("charge-payment", "reserve-stock")
        .hasUnknownOutcomeOf("charge-payment")
        .hasReasonContaining("the answer was lost");
    assertRefuses(
        () -> assertThat(saga).compensatedInOrder("reserve-stock", "charge-payment"),
        "the compensated steps to be [reserve-stock, charge-payment], but they are"
            + " [charge-payment, reserve-stock]");
    assertRefuses(() -> assertThat(saga).compensatedNothing(), "[]");
    assertRefuses(() -> assertThat(saga).wasRejectedBy("charge-payment"), "rejected steps");
    assertRefuses(() -> assertThat(saga).hasResult(CHARGE, "payment-1"), "it has none");
    assertRefuses(() -> assertThat(saga).hasReasonContaining("rain"), "the answer was lost");
  }

  @Test
  void givenARejection_whenAsserted_thenItIsTheStepsThatSaidNo() {
    payments.nextActions(Behaviour.rejecting());

    SagaHandle saga = start();

    assertThat(saga)
        .endsWithin(MINUTE)
        .isCompensated()
        .wasRejectedBy("charge-payment")
        .completedSteps("reserve-stock")
        .compensatedInOrder("reserve-stock");
    assertRefuses(() -> assertThat(saga).hasUnknownOutcomeOf("charge-payment"), "unknown");
  }

  @Test
  void givenAStuckSaga_whenAsserted_thenItIsStuck() {
    payments.nextActions(Behaviour.rejecting());
    stock.nextCompensations(Behaviour.failingBeforeEffect());

    SagaHandle saga = start();

    assertThat(saga).endsWithin(MINUTE).isStuck().hasReasonContaining("reserve-stock");
  }

  @Test
  void givenASagaThatGoesOn_whenAsserted_thenItHasNotEnded() {
    payments.nextActions(Behaviour.hanging(sagas.time()));

    SagaHandle saga = start();

    assertRefuses(() -> assertThat(saga).endsWithin(Duration.ofSeconds(5)), "it hasn't", "STARTED");
    assertThat(saga).hasStatus(SagaStatus.RUNNING);
    assertRefuses(() -> assertThat(saga).hasResult(CHARGE, "x"), "it is RUNNING");
  }

  @Test
  void givenACrash_whenAsserted_thenTheTakeOverIsCounted() {
    payments.nextActions(Behaviour.hanging(sagas.time()));
    VirtualNode first = sagas.register(definition).startNode();
    SagaHandle onFirst = start();
    sagas.time().settle();
    first.kill();

    SagaHandle saga = sagas.startNode().coordinator().find(onFirst.id()).orElseThrow();

    assertThat(saga).endsWithin(MINUTE).isCompleted().wasResumedTimes(1);
  }

  @Test
  void givenOutcomes_whenAsserted_thenTheirStatusResultsAndReasonsAreChecked() {
    SagaOutcome completed = start().await(MINUTE);
    payments.nextActions(Behaviour.rejecting());
    SagaOutcome compensated = sagas.start(definition, "key-2", "input").await(MINUTE);

    assertThat(completed).isCompleted().hasResult(CHARGE, "payment-1");
    assertRefuses(() -> assertThat(completed).isCompensated(), "COMPENSATED, but it is COMPLETED");
    assertRefuses(() -> assertThat(completed).isStuck(), "STUCK, but it is COMPLETED");
    assertRefuses(() -> assertThat(completed).hasResult(CHARGE, "p-2"), "it is payment-1");
    assertRefuses(() -> assertThat(completed).hasReasonContaining("x"), "a reason");
    assertThat(compensated).isCompensated().hasReasonContaining("scripted: rejected");
    assertRefuses(() -> assertThat(compensated).isCompleted(), "scripted: rejected");
  }
}
