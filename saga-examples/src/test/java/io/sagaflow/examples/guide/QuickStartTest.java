package io.sagaflow.examples.guide;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.jdbc.PostgresSagaStore;
import io.sagaflow.testsupport.TestPostgres;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The README's saga, run. */
class QuickStartTest {

  record Order(String orderId, String sku, int quantity, long amountInCents) {}

  record Reservation(String reservationId) {}

  record Payment(String paymentId) {}

  private final FakeShop orders = new FakeShop();
  private final FakeShop inventory = orders;
  private final FakeShop payments = orders;
  private final FakeShop mail = orders;
  private final DataSource dataSource = TestPostgres.freshDatabase().dataSource();

  @Test
  void givenTheReadmesSaga_whenStarted_thenItCompletes() {
    Order order = new Order("order-42", "espresso-machine", 2, 59_800);
    SagaOutcome outcome = place(order);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(orders.calls).containsExactly("create", "reserve", "charge", "confirm", "send");
  }

  @Test
  void givenADeclinedCard_whenStarted_thenStockAndOrderGoBack() {
    SagaOutcome outcome = place(new Order("order-43", "espresso-machine", 2, FakeShop.TOO_MUCH));

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(orders.calls).containsExactly("create", "reserve", "charge", "release", "cancel");
  }

  private SagaOutcome place(Order order) {
    StepKey<Reservation> RESERVE_STOCK = StepKey.of("reserve-stock", Reservation.class);

    SagaDefinition<Order> placeOrder =
        SagaDefinition.named("place-order", Order.class)
            .step("create-order")
            .action(ctx -> orders.create(ctx.idempotencyKey(), ctx.input()))
            .compensation(ctx -> orders.cancel(ctx.input().orderId()))
            .step(RESERVE_STOCK)
            .action(ctx -> inventory.reserve(ctx.idempotencyKey(), ctx.input().sku()))
            .compensation(ctx -> inventory.release(ctx.actionKey()))
            .step("charge-payment", Payment.class)
            .action(ctx -> payments.charge(ctx.idempotencyKey(), ctx.input().amountInCents()))
            .compensation(ctx -> payments.refund(ctx.actionKey()))
            .rejectedBy(PaymentDeclined.class) // surely no effect: nothing to undo, no retry
            .step("confirm-order")
            .action(ctx -> orders.confirm(ctx.idempotencyKey(), ctx.result(RESERVE_STOCK)))
            .pivot() // the point of no return: from here on only forward
            .step("send-receipt")
            .action(ctx -> mail.send(ctx.idempotencyKey(), ctx.input().orderId()))
            .build();

    // One coordinator for each process, closed at its shutdown.
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder()
            .store(PostgresSagaStore.create(dataSource))
            .register(placeOrder)
            .start()) {
      SagaHandle saga = coordinator.start(placeOrder, order.orderId(), order);
      return saga.await(ofSeconds(30)); // COMPLETED, COMPENSATED or STUCK
    }
  }
}
