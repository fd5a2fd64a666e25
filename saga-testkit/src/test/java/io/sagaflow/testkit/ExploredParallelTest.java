package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaStatus;
import org.junit.jupiter.api.Test;

/** Sagas with parallel branches are explored as what they are: branches beside each other. */
class ExploredParallelTest {

  private final EffectLedger ledger = new EffectLedger();
  private final FakeParticipant flights = FakeParticipant.named("flights", ledger);
  private final FakeParticipant hotels = FakeParticipant.named("hotels", ledger);
  private final FakeParticipant mail = FakeParticipant.named("mail", ledger);

  private SagaDefinition<String> trip(boolean forgetful) {
    return SagaDefinition.named("trip", String.class)
        .parallel(
            branch ->
                branch
                    .step("flight")
                    .action(ctx -> flights.act(ctx.idempotencyKey()))
                    .compensation(ctx -> flights.compensate(ctx.actionKey())),
            branch ->
                branch
                    .step("hotel")
                    .action(ctx -> hotels.act(ctx.idempotencyKey()))
                    .compensation(
                        ctx -> {
                          if (!forgetful) {
                            hotels.compensate(ctx.actionKey());
                          }
                        })
                    .onlyIf(ctx -> true))
        .step("mail")
        .action(ctx -> mail.act(ctx.idempotencyKey()))
        .pivot()
        .build();
  }

  private SagaExplorer<String> explorer(boolean forgetful) {
    return SagaExplorer.of(trip(forgetful))
        .input("input")
        .participants(flights, hotels, mail)
        .ledger(ledger)
        .pairs(40);
  }

  @Test
  void givenBranches_whenExplored_thenTheSagaHoldsWhateverCrashes() {
    Exploration exploration = explorer(false).explore();

    assertThat(exploration.ends()).containsKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
  }

  @Test
  void givenABranchThatIsNotCompensated_whenExplored_thenThatIsFound() {
    SagaExplorer<String> explorer = explorer(true);

    assertThatThrownBy(explorer::explore)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("hotel");
  }
}
