package io.sagaflow.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.StepKey;

/** The saga from order to payment. */
final class PlaceOrder {

  static final String NAME = "place-order";
  static final String CREATE_ORDER = "create-order";
  static final StepKey<Reservation> RESERVE_STOCK = StepKey.of("reserve-stock", Reservation.class);
  static final StepKey<Payment> CHARGE_PAYMENT = StepKey.of("charge-payment", Payment.class);

  private PlaceOrder() {}

  /**
   * Defines it. The call to the card company is tried once, unless its process dies: repeating it
   * with the same key is safe, but the customer waits, so an unclear answer cancels the order and
   * returns the money.
   */
  static SagaDefinition<Order> over(Orders orders, Inventory inventory, Payments payments) {
    RetryPolicy patient = RetryPolicy.exponential(ofMillis(100), ofSeconds(2)).maxAttempts(8);
    return SagaDefinition.named(NAME, Order.class)
        .step(CREATE_ORDER)
        .action(ctx -> orders.create(ctx.idempotencyKey(), ctx.input()))
        .compensation(ctx -> orders.cancel(ctx.actionKey(), ctx.input()))
        .retry(patient)
        .step(RESERVE_STOCK)
        .action(ctx -> inventory.reserve(ctx.idempotencyKey(), ctx.input()))
        .compensation(ctx -> inventory.release(ctx.actionKey(), ctx.input()))
        .rejectedBy(SoldOut.class)
        .retry(patient)
        .step(CHARGE_PAYMENT)
        .action(ctx -> payments.charge(ctx.idempotencyKey(), ctx.input()))
        .compensation(ctx -> payments.refund(ctx.actionKey(), ctx.input()))
        .rejectedBy(PaymentDeclined.class)
        .timeout(ofSeconds(3))
        .retry(RetryPolicy.none())
        .step("confirm-order")
        .action(ctx -> orders.confirm(ctx.idempotencyKey(), ctx.input(), ctx.result(RESERVE_STOCK)))
        .pivot() // from here on only forward
        .step("issue-receipt")
        .action(ctx -> orders.issueReceipt(ctx.idempotencyKey(), ctx.input()))
        .build();
  }
}
