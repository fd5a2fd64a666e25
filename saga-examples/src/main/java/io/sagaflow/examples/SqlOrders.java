package io.sagaflow.examples;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Keeps orders in a schema of its own. */
final class SqlOrders implements Orders {

  private final Participant participant;

  SqlOrders(DataSource dataSource, Network network) {
    this.participant = new Participant("shop_orders", dataSource, network);
  }

  @Override
  public void create(String key, Order order) throws Exception {
    participant.act(
        "create order",
        key,
        order,
        connection -> {
          Sql.update(
              connection,
              """
              INSERT INTO shop_orders.purchase
                (order_id, sku, quantity, amount_in_cents, card, state)
              VALUES (?, ?, ?, ?, ?, 'CREATED')
              """,
              order.orderId(),
              order.sku(),
              order.quantity(),
              order.amountInCents(),
              order.card());
          enter(connection, order, "CREATED");
        });
  }

  @Override
  public void cancel(String actionKey, Order order) throws Exception {
    participant.compensate(
        "cancel order", actionKey, order, connection -> move(connection, order, "CANCELLED"));
  }

  @Override
  public void confirm(String key, Order order, Reservation reservation) throws Exception {
    participant.act(
        "confirm order",
        key,
        order,
        connection -> {
          move(connection, order, "CONFIRMED");
          Sql.update(
              connection,
              "UPDATE shop_orders.purchase SET reservation_id = ? WHERE order_id = ?",
              reservation.reservationId(),
              order.orderId());
        });
  }

  @Override
  public void issueReceipt(String key, Order order) throws Exception {
    participant.act("issue receipt", key, order, connection -> enter(connection, order, "RECEIPT"));
  }

  private static void move(Connection connection, Order order, String state) throws SQLException {
    int moved =
        Sql.update(
            connection,
            "UPDATE shop_orders.purchase SET state = ? WHERE order_id = ? AND state = 'CREATED'",
            state,
            order.orderId());
    if (moved != 1) {
      throw new IllegalStateException("Order " + order.orderId() + " is not just CREATED");
    }
    enter(connection, order, state);
  }

  private static void enter(Connection connection, Order order, String entry) throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO shop_orders.ledger (order_id, entry) VALUES (?, ?)",
        order.orderId(),
        entry);
  }
}
