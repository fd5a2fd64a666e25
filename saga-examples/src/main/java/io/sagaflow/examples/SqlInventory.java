package io.sagaflow.examples;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** Keeps stock in a schema of its own. */
final class SqlInventory implements Inventory {

  private final Participant participant;

  SqlInventory(DataSource dataSource, Network network) {
    this.participant = new Participant("shop_inventory", dataSource, network);
  }

  @Override
  public Reservation reserve(String key, Order order) throws Exception {
    return new Reservation(
        participant.ask(
            "reserve stock",
            key,
            order,
            connection -> take(connection, key, order),
            "SELECT reservation_id FROM shop_inventory.reservation WHERE key = ?"));
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

  @Override
  public void release(String actionKey, Order order) throws Exception {
    participant.compensate(
        "release stock",
        actionKey,
        order,
        connection -> {
          Sql.update(
              connection,
              "UPDATE shop_inventory.stock SET on_hand = on_hand + ? WHERE sku = ?",
              order.quantity(),
              order.sku());
          enter(connection, order, "RELEASED", -order.quantity());
        });
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
