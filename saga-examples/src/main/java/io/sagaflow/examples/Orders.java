package io.sagaflow.examples;

import io.sagaflow.examples.Network.Request;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The participant that keeps orders, in a schema of its own. */
final class Orders {

  private static final String LEDGER =
      "INSERT INTO shop_orders.ledger (order_id, entry) VALUES (?, ?)";

  private final DataSource dataSource;
  private final Network network;
  private final Effects effects = new Effects("shop_orders");

  Orders(DataSource dataSource, Network network) {
    this.dataSource = dataSource;
    this.network = network;
  }

  void create(String key, Order order) throws Exception {
    call(
        "create order",
        order,
        connection -> {
          if (effects.isNew(connection, key, order)) {
            Sql.update(
                connection,
                """
                INSERT INTO shop_orders.purchase (order_id, sku, quantity, amount_in_cents, state)
                VALUES (?, ?, ?, ?, 'CREATED')
                """,
                order.orderId(),
                order.sku(),
                order.quantity(),
                order.amountInCents());
            Sql.update(connection, LEDGER, order.orderId(), "CREATED");
          }
        });
  }

  void cancel(String actionKey, Order order) throws Exception {
    call(
        "cancel order",
        order,
        connection -> {
          if (effects.isToBeUndone(connection, actionKey, order)) {
            move(connection, order, "CREATED", "CANCELLED");
          }
        });
  }

  void confirm(String key, Order order, Reservation reservation) throws Exception {
    call(
        "confirm order",
        order,
        connection -> {
          if (effects.isNew(connection, key, order)) {
            move(connection, order, "CREATED", "CONFIRMED");
            Sql.update(
                connection,
                "UPDATE shop_orders.purchase SET reservation_id = ? WHERE order_id = ?",
                reservation.reservationId(),
                order.orderId());
          }
        });
  }

  void issueReceipt(String key, Order order) throws Exception {
    call(
        "issue receipt",
        order,
        connection -> {
          if (effects.isNew(connection, key, order)) {
            Sql.update(connection, LEDGER, order.orderId(), "RECEIPT");
          }
        });
  }

  private static void move(Connection connection, Order order, String from, String to)
      throws SQLException {
    int moved =
        Sql.update(
            connection,
            "UPDATE shop_orders.purchase SET state = ? WHERE order_id = ? AND state = ?",
            to,
            order.orderId(),
            from);
    if (moved != 1) {
      throw new IllegalStateException("Order " + order.orderId() + " is not " + from);
    }
    Sql.update(connection, LEDGER, order.orderId(), to);
  }

  /** What an operation does to the tables. */
  @FunctionalInterface
  private interface Change {
    void to(Connection connection) throws SQLException;
  }

  private void call(String operation, Order order, Change change) throws Exception {
    network.call(
        new Request(operation, order.orderId()),
        () ->
            Sql.transaction(
                dataSource,
                connection -> {
                  change.to(connection);
                  return true;
                }));
  }
}
