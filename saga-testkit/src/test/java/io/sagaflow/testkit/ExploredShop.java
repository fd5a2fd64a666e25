package io.sagaflow.testkit;

import io.sagaflow.Action;
import io.sagaflow.Compensation;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepKey;
import java.util.ArrayList;
import java.util.List;

/**
 * A saga to be explored: reserve, charge, then the pivot confirm. It is right as it is; a test puts
 * a mistake into charge.
 */
final class ExploredShop {

  static final StepKey<String> CHARGE = StepKey.of("charge", String.class);
  static final StepKey<String> RESERVE = StepKey.of("reserve", String.class);

  final EffectLedger ledger = new EffectLedger();
  final FakeParticipant stock = FakeParticipant.named("stock", ledger);
  final FakeParticipant payments = FakeParticipant.named("payment", ledger);
  final FakeParticipant orders = FakeParticipant.named("order", ledger);
  final List<TestParticipant> participants = new ArrayList<>(List.of(stock, payments, orders));

  Action<String, String> charge = ctx -> payments.act(ctx.idempotencyKey());
  Compensation<String, String> refund = ctx -> payments.compensate(ctx.actionKey());

  /** The saga up to charge, whose options a test may add to. */
  StepBuilder<String, String> untilCharge() {
    SagaDefinitionBuilder<String> saga = SagaDefinition.named("buy", String.class);
    return saga.step(RESERVE)
        .action(ctx -> stock.act(ctx.idempotencyKey()))
        .compensation(ctx -> stock.compensate(ctx.actionKey()))
        .step(CHARGE)
        .action(ctx -> charge.run(ctx))
        .compensation(ctx -> refund.run(ctx));
  }

  SagaExplorer<String> explorer() {
    return explorer(
        untilCharge()
            .step("confirm")
            .action(ctx -> orders.act(ctx.idempotencyKey()))
            .pivot()
            .build());
  }

  SagaExplorer<String> explorer(SagaDefinition<String> definition) {
    return SagaExplorer.of(definition)
        .input("a book")
        .participants(participants.toArray(TestParticipant[]::new))
        .ledger(ledger);
  }
}
