package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Sagas that wait are explored like others, with crashes at every point of their waiting. */
class ExploredSignalTest {

  private static final StepKey<String> PAID = StepKey.of("paid", String.class);

  private final EffectLedger ledger = new EffectLedger();
  private final FakeParticipant stock = FakeParticipant.named("stock", ledger);
  private final FakeParticipant mail = FakeParticipant.named("mail", ledger);

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .step("reserve")
          .action(ctx -> stock.act(ctx.idempotencyKey()))
          .compensation(ctx -> stock.compensate(ctx.actionKey()))
          .sleep("think-it-over", Duration.ofMinutes(5))
          .awaitSignal(PAID, Duration.ofHours(2))
          .step("ship")
          .action(ctx -> mail.act(ctx.idempotencyKey()))
          .pivot()
          .build();

  @Test
  void givenASignal_whenExplored_thenTheSagaHoldsWhateverCrashes() {
    Exploration exploration =
        SagaExplorer.of(order)
            .input("input")
            .signal(PAID, "p-1")
            .participants(stock, mail)
            .ledger(ledger)
            .pairs(50)
            .explore();

    assertThat(exploration.ends()).containsKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
  }

  @Test
  void givenNoSignal_whenExplored_thenTheSagaIsCompensatedWhateverCrashes() {
    Exploration exploration =
        SagaExplorer.of(order)
            .input("input")
            .participants(stock, mail)
            .ledger(ledger)
            .pairs(20)
            .explore();

    assertThat(exploration.ends()).containsOnlyKeys(SagaStatus.COMPENSATED);
  }
}
