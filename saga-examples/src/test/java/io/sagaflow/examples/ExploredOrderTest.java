package io.sagaflow.examples;

import static io.sagaflow.examples.PlaceOrder.CHARGE_PAYMENT;
import static io.sagaflow.examples.PlaceOrder.RESERVE_STOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.Action;
import io.sagaflow.Compensation;
import io.sagaflow.SagaDefinition;
import io.sagaflow.testkit.Exploration;
import io.sagaflow.testkit.FaultKind;
import io.sagaflow.testkit.SagaExplorer;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The saga from order to payment under every fault, and with three mistakes planted in it. */
class ExploredOrderTest {

  private static final Order ORDER = new Order("order-42", "espresso-machine", 2, 59_800, "visa");

  private final ShopInMemory shop = new ShopInMemory();

  private SagaExplorer<Order> explore(SagaDefinition<Order> definition) {
    return SagaExplorer.of(definition).input(ORDER).participants(shop).ledger(shop.ledger);
  }

  @Test
  void givenTheOrderSaga_whenExplored_thenItIsRightUnderEveryFault() {
    SagaDefinition<Order> placeOrder = PlaceOrder.over(shop.orders, shop.inventory, shop.payments);

    Exploration exploration =
        SagaExplorer.of(placeOrder)
            .input(ORDER)
            .participants(shop) // reset before each run
            .ledger(shop.ledger) // to which it reports what it did
            .invariant(
                "who has the goods has paid",
                outcome -> {
                  boolean sold = outcome.isCompleted();
                  assertThat(shop.onHand)
                      .isEqualTo(sold ? ShopInMemory.STOCK - 2 : ShopInMemory.STOCK);
                  assertThat(shop.takenInCents).isEqualTo(sold ? 59_800 : 0);
                })
            .explore();

    assertThat(exploration.runs()).isGreaterThan(1_000);
    assertThat(exploration.runsByFault()).containsOnlyKeys(FaultKind.values());
  }

  @Test
  void givenACompensationThatIsNotIdempotent_whenExplored_thenItSaysSo() {
    Set<String> reserved = new HashSet<>();
    Inventory forgetful =
        new Inventory() {
          @Override
          public Reservation reserve(String key, Order order) throws Exception {
            reserved.add(key);
            return shop.inventory.reserve(key, order);
          }

          @Override
          public void release(String actionKey, Order order) {
            if (reserved.contains(actionKey)) { // and is ever after
              shop.onHand += order.quantity();
              shop.ledger.compensated("reservation", actionKey);
            }
          }
        };
    SagaExplorer<Order> explorer =
        explore(PlaceOrder.over(shop.orders, forgetful, shop.payments))
            .participants(reserved::clear);

    assertThatThrownBy(explorer::explore)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "The compensation of step reserve-stock isn't idempotent: run a second time under the"
                + " same key, it undid the effect again");
  }

  @Test
  void givenACompensationThatNeedsTheResult_whenExplored_thenItSaysThatItMayBeUnknown() {
    SagaDefinition<Order> mistaken =
        likePlaceOrder(
            ctx -> shop.payments.charge(ctx.idempotencyKey(), ctx.input()),
            ctx -> {
              Payment payment = ctx.ownResult().orElseThrow();
              assertThat(payment.paymentId()).isNotEmpty();
              shop.payments.refund(ctx.actionKey(), ctx.input());
            });

    assertThatThrownBy(explore(mistaken)::explore)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "The saga is STUCK: the compensation of step charge-payment needs the result of its"
                + " action, which isn't known here, and fails. A compensation also runs where its"
                + " action's outcome is unknown, and then ctx.ownResult() is empty");
  }

  @Test
  void givenAnActionThatMakesUpItsKeys_whenExplored_thenItSaysWhichKeyToPassOn() {
    SagaDefinition<Order> mistaken =
        likePlaceOrder(
            ctx -> shop.payments.charge(UUID.randomUUID().toString(), ctx.input()),
            ctx -> shop.payments.refund(ctx.actionKey(), ctx.input()));

    assertThatThrownBy(explore(mistaken)::explore)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "Step charge-payment took effect under 2 different keys (effect payment): its action"
                + " makes up a new key for each attempt, so that the participant takes a repeated"
                + " call for a new one. Pass on ctx.idempotencyKey()");
  }

  private SagaDefinition<Order> likePlaceOrder(
      Action<Order, Payment> charge, Compensation<Order, Payment> refund) {
    return SagaDefinition.named(PlaceOrder.NAME, Order.class)
        .step(PlaceOrder.CREATE_ORDER)
        .action(ctx -> shop.orders.create(ctx.idempotencyKey(), ctx.input()))
        .compensation(ctx -> shop.orders.cancel(ctx.actionKey(), ctx.input()))
        .step(RESERVE_STOCK)
        .action(ctx -> shop.inventory.reserve(ctx.idempotencyKey(), ctx.input()))
        .compensation(ctx -> shop.inventory.release(ctx.actionKey(), ctx.input()))
        .rejectedBy(SoldOut.class)
        .step(CHARGE_PAYMENT)
        .action(charge)
        .compensation(refund)
        .rejectedBy(PaymentDeclined.class)
        .step("confirm-order")
        .action(
            ctx ->
                shop.orders.confirm(ctx.idempotencyKey(), ctx.input(), ctx.result(RESERVE_STOCK)))
        .pivot()
        .step("issue-receipt")
        .action(ctx -> shop.orders.issueReceipt(ctx.idempotencyKey(), ctx.input()))
        .build();
  }
}
