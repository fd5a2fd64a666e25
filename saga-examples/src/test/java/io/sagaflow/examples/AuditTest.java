package io.sagaflow.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule finds the one forgery that breaks it, and no other rule does. */
class AuditTest {

  private static final Order CONFIRMED = new Order("good", "sku-1", 2, 500, "card-1");
  private static final Order CANCELLED = new Order("bad", "sku-1", 1, 300, "card-1");

  private static HikariDataSource dataSource;

  private Connection connection;

  @BeforeAll
  static void sellOneOfTwo() throws Exception {
    dataSource = Postgres.pool(TestPostgres.freshDatabase().jdbcUrl(), "test", 2);
    Shop.open(dataSource);
    Batch.prepare(dataSource);
    Orders orders = new SqlOrders(dataSource, Network.RELIABLE);
    Inventory inventory = new SqlInventory(dataSource, Network.RELIABLE);
    Payments payments = new SqlPayments(dataSource, Network.RELIABLE);
    Map<Order, Reservation> reserved = new HashMap<>();
    for (Order order : List.of(CONFIRMED, CANCELLED)) {
      Shop.accepted(dataSource, order);
      orders.create(order.orderId() + ":create", order);
      reserved.put(order, inventory.reserve(order.orderId() + ":reserve", order));
      payments.charge(order.orderId() + ":charge", order);
    }
    orders.confirm("good:confirm", CONFIRMED, reserved.get(CONFIRMED));
    orders.issueReceipt("good:receipt", CONFIRMED);
    payments.refund("bad:charge", CANCELLED);
    inventory.release("bad:reserve", CANCELLED);
    orders.cancel("bad:create", CANCELLED);
    bringOneOfTwo();
  }

  private static void bringOneOfTwo() throws SQLException {
    try (Connection own = dataSource.getConnection();
        Statement statement = own.createStatement()) {
      statement.execute("INSERT INTO shop_customers.delivery VALUES ('brought'), ('dropped')");
      for (String part : List.of("open", "courier", "pick", "wrap")) {
        statement.execute(entered("brought", part, "DONE"));
        statement.execute(entered("dropped", part, "DONE"));
        statement.execute(entered("dropped", part, "UNDONE"));
      }
      statement.execute(entered("brought", "hand-over", "DONE"));
    }
  }

  private static String entered(String delivery, String part, String entry) {
    return "INSERT INTO shop_delivery.ledger (delivery_id, part, entry) VALUES ('%s', '%s', '%s')"
        .formatted(delivery, part, entry);
  }

  @AfterAll
  static void closePool() {
    dataSource.close();
  }

  /** Each forgery is rolled back. */
  @BeforeEach
  void beginTransaction() throws SQLException {
    connection = dataSource.getConnection();
    connection.setAutoCommit(false);
  }

  @AfterEach
  void rollBack() throws SQLException {
    connection.rollback();
    connection.close();
  }

  @Test
  void givenHonestLedgers_whenAudited_thenEveryRuleHolds() throws SQLException {
    assertThat(Audit.findings(connection)).allMatch(Audit.Finding::holds);
  }

  @Test
  void givenRules_whenForged_thenEachHasItsForgery() {
    assertThat(forgeries().map(forgery -> forgery.get()[0]).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(Audit.RULES.stream().map(Audit.Rule::name).toList());
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void givenAForgery_whenAudited_thenExactlyItsRuleNamesIt(String rule, String named, String sql)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }

    List<Audit.Finding> broken =
        Audit.findings(connection).stream().filter(finding -> !finding.holds()).toList();

    assertThat(broken).extracting(finding -> finding.rule().name()).containsExactly(rule);
    assertThat(broken.get(0).violations()).containsExactly(named);
  }

  /** Nothing to compare with is no agreement. */
  @Test
  void givenAConfirmedOrderWithoutPurchase_whenAudited_thenAllThatCompareWithItNameIt()
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM shop_orders.purchase WHERE order_id = 'good'");
    }

    List<Audit.Finding> findings = Audit.findings(connection);

    assertThat(findings)
        .filteredOn(finding -> finding.violations().equals(List.of("good")))
        .extracting(finding -> finding.rule().name())
        .containsExactly(
            "every order is in the state that its ledger says",
            "stock moves only of what was ordered",
            "money moves only on the card of the order",
            "every confirmed order has exactly one reservation, and keeps it",
            "every confirmed order has exactly one charge, and keeps it");
  }

  static Stream<Arguments> forgeries() {
    return Stream.of(
        arguments(
            "no accepted delivery is lost",
            "nowhere",
            "INSERT INTO shop_customers.delivery VALUES ('nowhere')"),
        arguments(
            "of every delivery that was handed over each part was done, once",
            "brought",
            entered("brought", "pick", "DONE")),
        arguments(
            "of every delivery that was handed over each part was done, once",
            "brought",
            "DELETE FROM shop_delivery.ledger WHERE delivery_id = 'brought' AND part = 'wrap'"),
        arguments(
            "of every other delivery nothing is left, and no part was done twice",
            "dropped",
            "DELETE FROM shop_delivery.ledger"
                + " WHERE delivery_id = 'dropped' AND part = 'courier' AND entry = 'UNDONE'"),
        arguments(
            "of every other delivery nothing is left, and no part was done twice",
            "dropped",
            entered("dropped", "pick", "DONE") + "; " + entered("dropped", "pick", "UNDONE")),
        arguments(
            "no accepted order is lost",
            "lost",
            "INSERT INTO shop_customers.accepted (order_id) VALUES ('lost')"),
        arguments(
            "every order is confirmed or cancelled, once",
            "bad",
            "DELETE FROM shop_orders.ledger WHERE order_id = 'bad' AND entry = 'CANCELLED';"
                + " UPDATE shop_orders.purchase SET state = 'CREATED' WHERE order_id = 'bad'"),
        arguments(
            "every order is confirmed or cancelled, once",
            "bad",
            "INSERT INTO shop_orders.ledger (order_id, entry) VALUES ('bad', 'CREATED')"),
        arguments(
            "every order is in the state that its ledger says",
            "bad",
            "UPDATE shop_orders.purchase SET state = 'CREATED' WHERE order_id = 'bad'"),
        arguments(
            "every confirmed order names its own reservation",
            "good",
            "UPDATE shop_orders.purchase SET reservation_id = ("
                + "SELECT reservation_id FROM shop_inventory.reservation WHERE order_id = 'bad')"
                + " WHERE order_id = 'good'"),
        arguments(
            "every confirmed order names its own reservation",
            "good",
            "UPDATE shop_orders.purchase SET reservation_id = NULL WHERE order_id = 'good'"),
        arguments(
            "stock moves only of what was ordered",
            "good",
            "UPDATE shop_inventory.ledger SET sku = 'sku-2' WHERE order_id = 'good';"
                + " UPDATE shop_inventory.stock SET on_hand = on_hand + 2 WHERE sku = 'sku-1';"
                + " UPDATE shop_inventory.stock SET on_hand = on_hand - 2 WHERE sku = 'sku-2'"),
        arguments(
            "money moves only on the card of the order",
            "good",
            spent(
                "UPDATE shop_payments.ledger SET card = 'card-2' WHERE order_id = 'good';"
                    + " UPDATE shop_payments.card SET spent_in_cents = 500 WHERE card = 'card-2'",
                -500)),
        arguments(
            "every confirmed order has exactly one reservation, and keeps it",
            "good",
            booked(
                "INSERT INTO shop_inventory.ledger (order_id, entry, sku, quantity)"
                    + " VALUES ('good', 'RESERVED', 'sku-1', 2)",
                2)),
        arguments(
            "every confirmed order has exactly one reservation, and keeps it",
            "good",
            booked(
                "INSERT INTO shop_inventory.ledger (order_id, entry, sku, quantity)"
                    + " VALUES ('good', 'RELEASED', 'sku-1', -2)",
                -2)),
        arguments(
            "every confirmed order has exactly one charge, and keeps it",
            "good",
            spent(
                "INSERT INTO shop_payments.ledger (order_id, entry, card, amount_in_cents)"
                    + " VALUES ('good', 'CHARGED', 'card-1', 500)",
                500)),
        arguments(
            "every confirmed order has exactly one charge, and keeps it",
            "good",
            spent("DELETE FROM shop_payments.ledger WHERE order_id = 'good'", -500)),
        arguments(
            "every confirmed order has one receipt, no other has any",
            "bad",
            "INSERT INTO shop_orders.ledger (order_id, entry) VALUES ('bad', 'RECEIPT')"),
        arguments(
            "every other order nets to zero stock",
            "bad",
            booked(
                "DELETE FROM shop_inventory.ledger"
                    + " WHERE order_id = 'bad' AND entry = 'RELEASED'",
                1)),
        arguments(
            "every other order nets to zero money",
            "bad",
            spent(
                "DELETE FROM shop_payments.ledger"
                    + " WHERE order_id = 'bad' AND entry = 'REFUNDED'",
                300)),
        arguments(
            "stock on hand and stock reserved add up to what was delivered",
            "sku-2",
            "UPDATE shop_inventory.stock SET on_hand = on_hand - 1 WHERE sku = 'sku-2'"),
        arguments(
            "stock on hand and stock reserved add up to what was delivered",
            "sku-unknown",
            "UPDATE shop_orders.purchase SET sku = 'sku-unknown' WHERE order_id = 'bad';"
                + " UPDATE shop_inventory.ledger SET sku = 'sku-unknown' WHERE order_id = 'bad'"),
        arguments(
            "what was spent on each card is what was charged and not refunded",
            "card-unknown",
            "UPDATE shop_orders.purchase SET card = 'card-unknown' WHERE order_id = 'bad';"
                + " UPDATE shop_payments.ledger SET card = 'card-unknown' WHERE order_id = 'bad'"),
        arguments(
            "what was spent on each card is what was charged and not refunded",
            "card-2",
            "UPDATE shop_payments.card SET spent_in_cents = 1 WHERE card = 'card-2'"));
  }

  /** A forgery that the sums don't show. */
  private static String booked(String sql, int quantity) {
    return sql
        + "; UPDATE shop_inventory.stock SET on_hand = on_hand - "
        + quantity
        + " WHERE sku = 'sku-1'";
  }

  private static String spent(String sql, int cents) {
    return sql
        + "; UPDATE shop_payments.card SET spent_in_cents = spent_in_cents + "
        + cents
        + " WHERE card = 'card-1'";
  }
}
