package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.SagaStatus;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Shows how many runs a saga of six steps takes, and how long they do. */
class SixStepSagaTest {

  @Test
  void givenASagaOfSixSteps_whenExploredTwice_thenBothDoTheSame() {
    long began = System.nanoTime();
    Exploration first = explore();
    long between = System.nanoTime();

    Exploration second = explore();

    System.out.printf(
        "a saga of six steps: %s%nfirst in %.1f s, then in %.1f s%n",
        first, (between - began) / 1e9, (System.nanoTime() - between) / 1e9);
    assertThat(first.runsByFault()).containsOnlyKeys(FaultKind.values());
    assertThat(first.ends()).containsOnlyKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
    assertThat(second).isEqualTo(first);
  }

  /** Four compensatable steps, a pivot, and a step that is retried until it succeeds. */
  private static Exploration explore() {
    EffectLedger ledger = new EffectLedger();
    List<FakeParticipant> participants =
        Stream.of("stock", "payment", "carrier", "invoice", "order", "mail")
            .map(name -> FakeParticipant.named(name, ledger))
            .toList();
    return SagaExplorer.of(definition(participants))
        .input("a book")
        .participants(participants.toArray(TestParticipant[]::new))
        .ledger(ledger)
        .explore();
  }

  private static SagaDefinition<String> definition(List<FakeParticipant> participants) {
    SagaDefinitionBuilder<String> saga = SagaDefinition.named("buy", String.class);
    for (int i = 0; i < 4; i++) {
      FakeParticipant each = participants.get(i);
      saga.step("step-" + i)
          .action(ctx -> each.act(ctx.idempotencyKey()))
          .compensation(ctx -> each.compensate(ctx.actionKey()));
    }
    return saga.step("confirm")
        .action(ctx -> participants.get(4).act(ctx.idempotencyKey()))
        .pivot()
        .step("notify")
        .action(ctx -> participants.get(5).act(ctx.idempotencyKey()))
        .build();
  }
}
