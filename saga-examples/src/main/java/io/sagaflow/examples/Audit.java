package io.sagaflow.examples;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Looks at the participants' ledgers, and at nothing else: plain SQL that knows neither the engine
 * nor its journal. Each rule is a query that answers the orders, stock or cards that break it.
 */
final class Audit {

  /**
   * What must hold.
   *
   * @param name what, for people
   * @param violations a query for what breaks it, one text a row
   */
  record Rule(String name, String violations) {}

  /** Every order that is known to anybody, with what each ledger says of it. */
  private static final String BALANCE =
      """
      WITH known AS (
             SELECT order_id FROM shop_customers.accepted
             UNION SELECT order_id FROM shop_orders.ledger
             UNION SELECT order_id FROM shop_inventory.ledger
             UNION SELECT order_id FROM shop_payments.ledger),
           orders AS (
             SELECT order_id,
                    count(*) FILTER (WHERE entry = 'CREATED') AS created,
                    count(*) FILTER (WHERE entry = 'CONFIRMED') AS confirmed,
                    count(*) FILTER (WHERE entry = 'CANCELLED') AS cancelled,
                    count(*) FILTER (WHERE entry = 'RECEIPT') AS receipts
             FROM shop_orders.ledger GROUP BY order_id),
           stock AS (
             SELECT order_id, count(*) FILTER (WHERE entry = 'RESERVED') AS reservations,
                    sum(quantity) AS quantity
             FROM shop_inventory.ledger GROUP BY order_id),
           money AS (
             SELECT order_id, count(*) FILTER (WHERE entry = 'CHARGED') AS charges,
                    sum(amount_in_cents) AS amount_in_cents
             FROM shop_payments.ledger GROUP BY order_id),
           balance AS (
             SELECT order_id,
                    coalesce(created, 0) AS created, coalesce(confirmed, 0) AS confirmed,
                    coalesce(cancelled, 0) AS cancelled, coalesce(receipts, 0) AS receipts,
                    coalesce(reservations, 0) AS reservations,
                    coalesce(stock.quantity, 0) AS quantity,
                    coalesce(charges, 0) AS charges,
                    coalesce(money.amount_in_cents, 0) AS amount_in_cents,
                    purchase.quantity AS wanted, purchase.amount_in_cents AS price
             FROM known LEFT JOIN orders USING (order_id) LEFT JOIN stock USING (order_id)
                  LEFT JOIN money USING (order_id)
                  LEFT JOIN shop_orders.purchase USING (order_id))
      """;

  /** Every delivery that a customer was told of, with how often each of its parts was done. */
  private static final String PARTS =
      """
      WITH handed AS (
             SELECT delivery_id FROM shop_delivery.ledger WHERE part = 'hand-over'),
           parts AS (
             SELECT delivery_id, part,
                    count(*) FILTER (WHERE entry = 'DONE') AS done,
                    count(*) FILTER (WHERE entry = 'UNDONE') AS undone
             FROM (SELECT delivery_id FROM shop_customers.delivery
                   UNION SELECT delivery_id FROM shop_delivery.ledger) known
                  CROSS JOIN (VALUES ('open'), ('courier'), ('pick'), ('wrap'), ('hand-over'))
                    AS every(part)
                  LEFT JOIN shop_delivery.ledger USING (delivery_id, part)
             GROUP BY delivery_id, part)
      """;

  static final List<Rule> RULES =
      List.of(
          new Rule(
              "no accepted delivery is lost",
              """
              SELECT delivery_id FROM shop_customers.delivery
              WHERE delivery_id NOT IN (
                SELECT delivery_id FROM shop_delivery.ledger WHERE part = 'open')
              """),
          new Rule(
              "of every delivery that was handed over each part was done, once",
              PARTS
                  + """
                  SELECT DISTINCT delivery_id FROM parts
                  WHERE delivery_id IN (SELECT delivery_id FROM handed)
                        AND (done <> 1 OR undone <> 0)
                  """),
          new Rule(
              "of every other delivery nothing is left, and no part was done twice",
              PARTS
                  + """
                  SELECT DISTINCT delivery_id FROM parts
                  WHERE delivery_id NOT IN (SELECT delivery_id FROM handed)
                        AND (done <> undone OR done > 1)
                  """),
          new Rule(
              "no accepted order is lost",
              """
              SELECT order_id FROM shop_customers.accepted
              WHERE order_id NOT IN (SELECT order_id FROM shop_orders.effect)
              """),
          new Rule(
              "every order is confirmed or cancelled, once",
              BALANCE
                  + """
                  SELECT order_id FROM balance
                  WHERE created <> confirmed + cancelled OR created > 1
                  """),
          new Rule(
              "every order is in the state that its ledger says",
              """
              SELECT order_id FROM shop_orders.purchase FULL JOIN (
                SELECT order_id,
                       CASE WHEN bool_or(entry = 'CONFIRMED') THEN 'CONFIRMED'
                            WHEN bool_or(entry = 'CANCELLED') THEN 'CANCELLED'
                            ELSE 'CREATED' END AS entered
                FROM shop_orders.ledger GROUP BY order_id
              ) booked USING (order_id)
              WHERE state IS DISTINCT FROM entered
              """),
          new Rule(
              "every confirmed order names its own reservation",
              """
              SELECT order_id FROM shop_orders.purchase
                     LEFT JOIN shop_inventory.reservation own USING (order_id)
              WHERE state = 'CONFIRMED'
                    AND (purchase.reservation_id = own.reservation_id) IS NOT TRUE
              """),
          new Rule(
              "stock moves only of what was ordered",
              """
              SELECT DISTINCT order_id FROM shop_inventory.ledger
                     LEFT JOIN shop_orders.purchase USING (order_id)
              WHERE ledger.sku IS DISTINCT FROM purchase.sku
              """),
          new Rule(
              "money moves only on the card of the order",
              """
              SELECT DISTINCT order_id FROM shop_payments.ledger
                     LEFT JOIN shop_orders.purchase USING (order_id)
              WHERE ledger.card IS DISTINCT FROM purchase.card
              """),
          new Rule(
              "every confirmed order has exactly one reservation, and keeps it",
              BALANCE
                  + """
                  SELECT order_id FROM balance
                  WHERE confirmed = 1 AND (reservations <> 1 OR quantity IS DISTINCT FROM wanted)
                  """),
          new Rule(
              "every confirmed order has exactly one charge, and keeps it",
              BALANCE
                  + """
                  SELECT order_id FROM balance
                  WHERE confirmed = 1 AND (charges <> 1 OR amount_in_cents IS DISTINCT FROM price)
                  """),
          new Rule(
              "every confirmed order has one receipt, no other has any",
              BALANCE + "SELECT order_id FROM balance WHERE receipts <> confirmed"),
          new Rule(
              "every other order nets to zero stock",
              BALANCE
                  + """
                  SELECT order_id FROM balance
                  WHERE confirmed = 0 AND (quantity <> 0 OR reservations > 1)
                  """),
          new Rule(
              "every other order nets to zero money",
              BALANCE
                  + """
                  SELECT order_id FROM balance
                  WHERE confirmed = 0 AND (amount_in_cents <> 0 OR charges > 1)
                  """),
          new Rule(
              "stock on hand and stock reserved add up to what was delivered",
              """
              SELECT sku FROM shop_inventory.stock FULL JOIN (
                SELECT sku, sum(quantity) AS reserved FROM shop_inventory.ledger GROUP BY sku
              ) booked USING (sku)
              WHERE (on_hand + coalesce(reserved, 0) = delivered) IS NOT TRUE
              """),
          new Rule(
              "what was spent on each card is what was charged and not refunded",
              """
              SELECT card FROM shop_payments.card FULL JOIN (
                SELECT card, sum(amount_in_cents) AS charged FROM shop_payments.ledger GROUP BY card
              ) booked USING (card)
              WHERE spent_in_cents IS DISTINCT FROM coalesce(charged, 0)
              """));

  private static final int NAMED = 5;

  private final DataSource dataSource;

  Audit(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** A rule with what breaks it; nothing, if it holds. */
  record Finding(Rule rule, List<String> violations) {

    boolean holds() {
      return violations.isEmpty();
    }
  }

  List<Finding> findings() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      return findings(connection);
    }
  }

  static List<Finding> findings(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      List<Finding> findings = new ArrayList<>();
      for (Rule rule : RULES) {
        findings.add(new Finding(rule, column(statement, rule.violations())));
      }
      return findings;
    }
  }

  /** Prints each rule with its verdict, and answers whether all hold. */
  boolean print(PrintStream out) throws SQLException {
    List<Finding> findings = findings();
    for (Finding finding : findings) {
      out.println((finding.holds() ? "  ok    " : "  FAIL  ") + finding.rule().name());
      finding.violations().stream().limit(NAMED).forEach(what -> out.println("          " + what));
      if (finding.violations().size() > NAMED) {
        out.println("          and " + (finding.violations().size() - NAMED) + " more");
      }
    }
    boolean holds = findings.stream().allMatch(Finding::holds);
    out.println((holds ? "  The audit holds: " : "  THE AUDIT FAILED: ") + totals());
    return holds;
  }

  /** Counts the orders. */
  String totals() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      return Sql.read(
          connection,
          BALANCE
              + """
              SELECT format('%s orders, %s confirmed, %s not; %s units sold for %s cents',
                            count(*), sum(confirmed), count(*) - sum(confirmed), sum(quantity),
                            sum(amount_in_cents))
              FROM balance
              """);
    }
  }

  /** What the three ledgers say of one order, in the order in which it was written. */
  String ledgers(String orderId) throws SQLException {
    return String.join(
        "; ",
        ledger("orders", "entry", "shop_orders", orderId),
        ledger("inventory", "format('%s %s', entry, quantity)", "shop_inventory", orderId),
        ledger(
            "payments",
            "format('%s %s', entry, round(amount_in_cents / 100.0, 2))",
            "shop_payments",
            orderId));
  }

  private String ledger(String name, String entry, String schema, String orderId)
      throws SQLException {
    String query = "SELECT " + entry + " FROM " + schema + ".ledger WHERE order_id = ? ORDER BY id";
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, orderId);
      try (ResultSet rows = statement.executeQuery()) {
        List<String> entries = texts(rows);
        return name + ": " + (entries.isEmpty() ? "nothing" : String.join(", ", entries));
      }
    }
  }

  private static List<String> column(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return texts(rows);
    }
  }

  private static List<String> texts(ResultSet rows) throws SQLException {
    List<String> texts = new ArrayList<>();
    while (rows.next()) {
      texts.add(rows.getString(1));
    }
    return texts;
  }
}
