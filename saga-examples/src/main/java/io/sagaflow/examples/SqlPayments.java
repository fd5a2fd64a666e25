package io.sagaflow.examples;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** Keeps cards in a schema of its own. */
final class SqlPayments implements Payments {

  private final Participant participant;

  SqlPayments(DataSource dataSource, Network network) {
    this.participant = new Participant("shop_payments", dataSource, network);
  }

  @Override
  public Payment charge(String key, Order order) throws Exception {
    return new Payment(
        participant.ask(
            "charge payment",
            key,
            order,
            connection -> take(connection, key, order),
            "SELECT payment_id FROM shop_payments.payment WHERE key = ?"));
  }

  private static void take(Connection connection, String key, Order order)
      throws SQLException, PaymentDeclined {
    int taken =
        Sql.update(
            connection,
            """
            UPDATE shop_payments.card SET spent_in_cents = spent_in_cents + ?
            WHERE card = ? AND spent_in_cents + ? <= limit_in_cents
            """,
            order.amountInCents(),
            order.card(),
            order.amountInCents());
    if (taken != 1) {
      throw new PaymentDeclined(order.card() + " doesn't cover the amount");
    }
    Sql.update(
        connection,
        "INSERT INTO shop_payments.payment (key, payment_id, order_id) VALUES (?, ?, ?)",
        key,
        "p-" + UUID.randomUUID(),
        order.orderId());
    enter(connection, order, "CHARGED", order.amountInCents());
  }

  @Override
  public void refund(String actionKey, Order order) throws Exception {
    participant.compensate(
        "refund payment",
        actionKey,
        order,
        connection -> {
          Sql.update(
              connection,
              """
              UPDATE shop_payments.card SET spent_in_cents = spent_in_cents - ? WHERE card = ?
              """,
              order.amountInCents(),
              order.card());
          enter(connection, order, "REFUNDED", -order.amountInCents());
        });
  }

  private static void enter(Connection connection, Order order, String entry, long amountInCents)
      throws SQLException {
    Sql.update(
        connection,
        """
        INSERT INTO shop_payments.ledger (order_id, entry, card, amount_in_cents)
        VALUES (?, ?, ?, ?)
        """,
        order.orderId(),
        entry,
        order.card(),
        amountInCents);
  }
}
