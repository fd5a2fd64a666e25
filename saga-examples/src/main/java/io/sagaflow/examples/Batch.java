package io.sagaflow.examples;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.sql.DataSource;

/**
 * Many random orders, the same ones for the same name and seed: some of goods that run out, some on
 * a card that covers nothing.
 *
 * @param name what their ids begin with
 * @param size how many
 * @param seed decides what they are
 */
record Batch(String name, int size, long seed) {

  private static final int SKUS = 8;
  private static final int CARDS = 16;
  private static final int PLENTY = 1_000_000;
  private static final int FEW = 50;

  /** One order in so many. */
  static final int DELIVERED = 5;

  /** Fills the shelves and issues the cards that orders of batches refer to. */
  static void prepare(DataSource dataSource) throws SQLException {
    for (int i = 0; i < SKUS; i++) {
      Shop.deliver(dataSource, sku(i), i == 0 ? FEW : PLENTY);
    }
    for (int i = 0; i < CARDS; i++) {
      Shop.issueCard(dataSource, card(i), i == 0 ? 0 : Long.MAX_VALUE / 2);
    }
  }

  List<Order> orders() {
    SplittableRandom random = new SplittableRandom(seed);
    List<Order> orders = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      int quantity = random.nextInt(1, 4);
      long amountInCents = quantity * (100L + random.nextInt(10_000));
      orders.add(
          new Order(
              name + "-" + i,
              sku(random.nextInt(SKUS)),
              quantity,
              amountInCents,
              card(random.nextInt(CARDS))));
    }
    return orders;
  }

  /** Some of the orders, to be delivered; one customer in four is away. */
  List<Delivery> deliveries() {
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 1; i <= size / DELIVERED; i++) {
      deliveries.add(new Delivery(name + "-d" + i, i % 4 != 0));
    }
    return deliveries;
  }

  private static String sku(int number) {
    return "sku-" + number;
  }

  private static String card(int number) {
    return "card-" + number;
  }
}
