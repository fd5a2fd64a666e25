package io.sagaflow.examples;

/**
 * What a customer orders: the saga's input.
 *
 * @param orderId names the order, and is its saga's business key
 * @param sku what is bought
 * @param quantity how many
 * @param amountInCents what they cost together
 * @param card what pays for them
 */
record Order(String orderId, String sku, int quantity, long amountInCents, String card) {

  private static final String FORM = "orderId/sku/quantity/amountInCents/card";

  /** Reads an order back from {@link #toString}. */
  static Order parse(String text) {
    String[] parts = text.split("/", -1);
    try {
      if (parts.length == 5) {
        return new Order(
            parts[0], parts[1], Integer.parseInt(parts[2]), Long.parseLong(parts[3]), parts[4]);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("An order is " + FORM + "; got '" + text + "'", e);
    }
    throw new IllegalArgumentException("An order is " + FORM + "; got '" + text + "'");
  }

  @Override
  public String toString() {
    return String.join(
        "/", orderId, sku, Integer.toString(quantity), Long.toString(amountInCents), card);
  }
}
