package io.sagaflow.examples;

import static io.sagaflow.ParticipantCall.action;
import static io.sagaflow.ParticipantCall.compensation;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.StepKey;

/**
 * The saga that brings an order to its customer, with a bit of everything: a step in one
 * transaction with the journal, a parallel block, a child saga, a signal from the customer, and
 * participants behind their barrier.
 */
final class Deliver {

  /** When the customer wants it. */
  static final StepKey<String> CUSTOMER_IS_READY = StepKey.of("customer-is-ready", String.class);

  private static final RetryPolicy PATIENT =
      RetryPolicy.exponential(ofMillis(100), ofSeconds(2)).maxAttempts(8);

  private Deliver() {}

  static SagaDefinition<Delivery> over(SqlDeliveries deliveries) {
    return SagaDefinition.named("deliver", Delivery.class)
        .step("open")
        .transactional((ctx, connection) -> deliveries.open(connection, ctx.input()))
        .transactionalCompensation((ctx, connection) -> deliveries.close(connection, ctx.input()))
        .parallel(
            branch ->
                branch
                    .step("courier")
                    .action(ctx -> deliveries.act(action(ctx), ctx.input()))
                    .compensation(ctx -> deliveries.undo(compensation(ctx), ctx.input()))
                    .retry(PATIENT),
            branch -> branch.child("pack", packing(deliveries), ctx -> ctx.input()))
        .awaitSignal(CUSTOMER_IS_READY, ofSeconds(2))
        .step("hand-over")
        .action(ctx -> deliveries.act(action(ctx), ctx.input()))
        .pivot()
        .build();
  }

  private static SagaDefinition<Delivery> packing(SqlDeliveries deliveries) {
    return SagaDefinition.named("pack", Delivery.class)
        .step("pick")
        .action(ctx -> deliveries.act(action(ctx), ctx.input()))
        .compensation(ctx -> deliveries.undo(compensation(ctx), ctx.input()))
        .retry(PATIENT)
        .step("wrap")
        .action(ctx -> deliveries.act(action(ctx), ctx.input()))
        .compensation(ctx -> deliveries.undo(compensation(ctx), ctx.input()))
        .retry(PATIENT)
        .build();
  }
}
