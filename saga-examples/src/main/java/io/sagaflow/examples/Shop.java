package io.sagaflow.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The schemas of the participants, and what lies in their shelves when the shop opens. */
final class Shop {

  /** Where the coordinators keep their sagas. */
  static final String SAGAS = "shop_sagas";

  private static final List<String> SCHEMAS =
      List.of(
          "shop_orders",
          "shop_inventory",
          "shop_payments",
          "shop_delivery",
          "shop_customers",
          SAGAS);
  private static final String MARK = "Sagaflow example: replaced at each run";

  private Shop() {}

  /**
   * Creates everything anew, or nothing: schemas without their mark would be foreign to the next
   * run. What an earlier run left is dropped; schemas of the same name that aren't from an earlier
   * run are not touched.
   */
  static void open(DataSource dataSource) throws Exception {
    Sql.transaction(
        dataSource,
        connection -> {
          replace(dataSource, connection);
          return true;
        });
  }

  private static void replace(DataSource dataSource, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      refuseForeign(statement);
      for (String schema : SCHEMAS) {
        statement.execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
      }
      statement.execute(script());
      statement.execute(SqlDeliveries.barrier(dataSource).schemaSql());
      statement.execute("CREATE SCHEMA " + SAGAS);
      for (String schema : SCHEMAS) {
        statement.execute("COMMENT ON SCHEMA " + schema + " IS '" + MARK + "'");
      }
    }
  }

  private static void refuseForeign(Statement statement) throws SQLException {
    List<String> foreign = new ArrayList<>();
    for (String schema : SCHEMAS) {
      String question =
          "SELECT 1 FROM pg_namespace WHERE nspname = '"
              + schema
              + "' AND obj_description(oid, 'pg_namespace') IS DISTINCT FROM '"
              + MARK
              + "'";
      try (ResultSet rows = statement.executeQuery(question)) {
        if (rows.next()) {
          foreign.add(schema);
        }
      }
    }
    if (!foreign.isEmpty()) {
      throw new IllegalArgumentException(
          "The database has schemas " + foreign + " of its own; use another database");
    }
  }

  static void deliver(DataSource dataSource, String sku, int quantity) throws SQLException {
    insert(
        dataSource,
        "INSERT INTO shop_inventory.stock (sku, delivered, on_hand) VALUES (?, ?, ?)",
        sku,
        quantity,
        quantity);
  }

  static void issueCard(DataSource dataSource, String card, long limitInCents) throws SQLException {
    insert(
        dataSource,
        "INSERT INTO shop_payments.card (card, limit_in_cents) VALUES (?, ?)",
        card,
        limitInCents);
  }

  /** Notes that a customer was told that the order is accepted; repeated without harm. */
  static void accepted(DataSource dataSource, Order order) throws SQLException {
    insert(
        dataSource,
        "INSERT INTO shop_customers.accepted (order_id) VALUES (?) ON CONFLICT DO NOTHING",
        order.orderId());
  }

  /** Notes that a customer was told that something is going to be delivered. */
  static void accepted(DataSource dataSource, Delivery delivery) throws SQLException {
    insert(
        dataSource,
        "INSERT INTO shop_customers.delivery (delivery_id) VALUES (?) ON CONFLICT DO NOTHING",
        delivery.deliveryId());
  }

  private static void insert(DataSource dataSource, String sql, Object... values)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      Sql.update(connection, sql, values);
    }
  }

  private static String script() {
    try (InputStream stream = Shop.class.getResourceAsStream("shop.sql")) {
      if (stream == null) {
        throw new IllegalStateException("shop.sql is missing");
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
