package io.sagaflow.examples;

import io.sagaflow.testkit.EffectLedger;
import io.sagaflow.testkit.FakeParticipant;
import io.sagaflow.testkit.TestParticipant;

/** The shop's participants in memory, for tests that run thousands of sagas. */
final class ShopInMemory implements TestParticipant {

  static final int STOCK = 10;

  final EffectLedger ledger = new EffectLedger();
  int onHand = STOCK;
  long takenInCents;

  private final FakeParticipant books = FakeParticipant.named("order", ledger);
  private final FakeParticipant confirmations = FakeParticipant.named("confirmation", ledger);
  private final FakeParticipant receipts = FakeParticipant.named("receipt", ledger);
  private final FakeParticipant shelves = FakeParticipant.named("reservation", ledger);
  private final FakeParticipant cards = FakeParticipant.named("payment", ledger);

  final Orders orders =
      new Orders() {
        @Override
        public void create(String key, Order order) throws Exception {
          books.act(key, () -> order);
        }

        @Override
        public void cancel(String actionKey, Order order) throws Exception {
          books.compensate(actionKey);
        }

        @Override
        public void confirm(String key, Order order, Reservation reservation) throws Exception {
          confirmations.act(key, () -> reservation);
        }

        @Override
        public void issueReceipt(String key, Order order) throws Exception {
          receipts.act(key, () -> order);
        }
      };

  final Inventory inventory =
      new Inventory() {
        @Override
        public Reservation reserve(String key, Order order) throws Exception {
          return shelves.act(
              key,
              () -> {
                onHand -= order.quantity();
                return new Reservation("r-" + order.orderId());
              });
        }

        @Override
        public void release(String actionKey, Order order) throws Exception {
          shelves.compensate(actionKey, () -> onHand += order.quantity());
        }
      };

  final Payments payments =
      new Payments() {
        @Override
        public Payment charge(String key, Order order) throws Exception {
          return cards.act(
              key,
              () -> {
                takenInCents += order.amountInCents();
                return new Payment("p-" + order.orderId());
              });
        }

        @Override
        public void refund(String actionKey, Order order) throws Exception {
          cards.compensate(actionKey, () -> takenInCents -= order.amountInCents());
        }
      };

  @Override
  public void reset() {
    for (FakeParticipant each :
        new FakeParticipant[] {books, confirmations, receipts, shelves, cards}) {
      each.reset();
    }
    onHand = STOCK;
    takenInCents = 0;
  }
}
