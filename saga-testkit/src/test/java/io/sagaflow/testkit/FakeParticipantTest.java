package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.StepRejectedException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a fake participant does with keys, and by its script. */
class FakeParticipantTest {

  @RegisterExtension final SagaExtension sagas = new SagaExtension();

  private final EffectLedger ledger = sagas.ledger();
  private final FakeParticipant payments = FakeParticipant.named("payment", ledger);

  @Test
  void givenABarrier_whenTheSameKeyComesAgain_thenTheAnswerIsTheSameAndTheEffectOne()
      throws Exception {
    String first = payments.act("k-1");

    assertThat(payments.act("k-1")).isEqualTo(first);
    assertThat(payments.act("k-2")).isNotEqualTo(first);
    assertThat(ledger.net()).containsEntry("payment", 2);
    assertThat(ledger.anomalies()).isEmpty();
  }

  @Test
  void givenABarrier_whenAnActionComesAfterItsCompensation_thenItIsRefused() throws Exception {
    payments.act("k-1");
    payments.compensate("k-1");
    payments.compensate("k-1");
    payments.compensate("k-2");

    assertThatThrownBy(() -> payments.act("k-1")).hasMessageContaining("Too late");
    assertThatThrownBy(() -> payments.act("k-2")).hasMessageContaining("Too late");
    assertThat(ledger.net()).isEmpty();
    assertThat(ledger.anomalies()).isEmpty();
  }

  @Test
  void givenATolerantParticipant_whenAnActionComesAfterItsCompensation_thenItTakesEffect()
      throws Exception {
    payments.tolerant();
    payments.act("k-1");
    payments.act("k-1");
    payments.compensate("k-1");
    payments.compensate("k-1");

    payments.act("k-1");

    assertThat(ledger.net()).containsEntry("payment", 1);
    assertThat(ledger.anomalies()).singleElement().asString().contains("after it had been");
  }

  @Test
  void givenABareParticipant_whenCalled_thenEachCallTakesEffect() throws Exception {
    payments.bare();
    payments.act("k-1");
    payments.act("k-1");
    payments.compensate("k-1");
    payments.compensate("k-1");
    payments.compensate("k-1");

    assertThat(ledger.net()).containsEntry("payment", -1);
    assertThat(ledger.anomalies()).hasSize(3);
  }

  @Test
  void givenAScript_whenCalled_thenEachCallGoesAsItSaysAndAResetBeginsAgain() throws Exception {
    payments.nextActions(
        Behaviour.rejecting(),
        Behaviour.failingBeforeEffect(),
        Behaviour.failingAfterEffect(),
        Behaviour.obliging());
    payments.nextCompensations(Behaviour.rejecting(IOException::new));

    for (int round = 0; round < 2; round++) {
      assertThatThrownBy(() -> payments.act("k")).isInstanceOf(StepRejectedException.class);
      assertThatThrownBy(() -> payments.act("k")).isInstanceOf(IOException.class);
      assertThat(ledger.net()).isEmpty();
      assertThatThrownBy(() -> payments.act("k")).isInstanceOf(IOException.class);
      assertThat(ledger.net()).containsEntry("payment", 1);
      assertThat(payments.act("k")).isEqualTo("payment-1");
      assertThatThrownBy(() -> payments.compensate("k")).isInstanceOf(IOException.class);
      assertThat(payments.calls()).hasSize(5).endsWith("act k", "compensate k");
      payments.reset();
      ledger.reset();
    }
  }

  @Test
  void givenAnEffectThatFails_whenActed_thenNothingWasApplied() throws Exception {
    assertThatThrownBy(
            () ->
                payments.act(
                    "k-1",
                    () -> {
                      throw new IOException("no money");
                    }))
        .hasMessage("no money");

    assertThat(ledger.entries()).isEmpty();
    assertThat(payments.act("k-1", () -> 7)).isEqualTo(7);
  }

  @Test
  void givenAParticipantThatHangsAndThenTakesItsTime_whenASagaCallsIt_thenItsTimePasses() {
    payments.nextActions(
        Behaviour.hanging(sagas.time()), Behaviour.taking(sagas.time(), Duration.ofMinutes(3)));
    SagaDefinition<String> definition =
        SagaDefinition.named("buy", String.class)
            .step("charge")
            .action(ctx -> payments.act(ctx.idempotencyKey(), () -> "p-1"))
            .compensation(ctx -> payments.compensate(ctx.actionKey()))
            .timeout(Duration.ofMinutes(5))
            .retry(RetryPolicy.fixed(Duration.ofMinutes(1)))
            .build();

    var saga = sagas.start(definition, "k", "input");

    SagaAssertions.assertThat(saga).endsWithin(Duration.ofHours(1)).isCompleted();
    SagaEvent last = saga.history().get(saga.history().size() - 1);
    assertThat(last.kind()).isEqualTo(RecordKind.SAGA_COMPLETED);
    assertThat(Duration.between(saga.history().get(0).at(), last.at()))
        .isEqualTo(Duration.ofMinutes(5 + 1 + 3));
  }
}
