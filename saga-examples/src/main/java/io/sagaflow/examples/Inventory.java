package io.sagaflow.examples;

import io.sagaflow.examples.Network.Request;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** The participant that keeps stock, in a schema of its own. */
final class Inventory {

  private final DataSource dataSource;
  private final Network network;
  private final Effects effects = new Effects("shop_inventory");

  Inventory(DataSource dataSource, Network network) {
    this.dataSource = dataSource;
    this.network = network;
  }

  Reservation reserve(String key, Order order) throws Exception {
    return network.call(
        new Request("reserve stock", order.orderId()),
        () ->
            Sql.transaction(
                dataSource,
                connection -> {
                  if (effects.isNew(connection, key, order)) {
                    take(connection, key, order);
                  }
                  return new Reservation(
                      Sql.read(
                          connection,
                          "SELECT reservation_id FROM shop_inventory.reservation WHERE key = ?",
                          key));
                }));
  }

  private static void take(Connection connection, String key, Order order)
      throws SQLException, SoldOut {
    int taken =
        Sql.update(
            connection,
            """
            UPDATE shop_inventory.stock SET on_hand = on_hand - ? WHERE sku = ? AND on_hand >= ?
            """,
            order.quantity(),
            order.sku(),
            order.quantity());
    if (taken != 1) {
      throw new SoldOut("fewer than " + order.quantity() + " of " + order.sku() + " are left");
    }
    Sql.update(
        connection,
        "INSERT INTO shop_inventory.reservation (key, reservation_id, order_id) VALUES (?, ?, ?)",
        key,
        "r-" + UUID.randomUUID(),
        order.orderId());
    enter(connection, order, "RESERVED", order.quantity());
  }

  void release(String actionKey, Order order) throws Exception {
    network.call(
        new Request("release stock", order.orderId()),
        () ->
            Sql.transaction(
                dataSource,
                connection -> {
                  if (effects.isToBeUndone(connection, actionKey, order)) {
                    Sql.update(
                        connection,
                        "UPDATE shop_inventory.stock SET on_hand = on_hand + ? WHERE sku = ?",
                        order.quantity(),
                        order.sku());
                    enter(connection, order, "RELEASED", -order.quantity());
                  }
                  return true;
                }));
  }

  private static void enter(Connection connection, Order order, String entry, int quantity)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO shop_inventory.ledger (order_id, entry, sku, quantity) VALUES (?, ?, ?, ?)",
        order.orderId(),
        entry,
        order.sku(),
        quantity);
  }
}
