package io.sagaflow.examples;

/** The participant that charges cards. Each call has its effect once, however often it comes. */
interface Payments {

  /**
   * Takes the money for an order.
   *
   * @throws PaymentDeclined if the card doesn't cover it; nothing was taken
   * @throws Exception if the outcome isn't known
   */
  Payment charge(String key, Order order) throws Exception;

  void refund(String actionKey, Order order) throws Exception;
}
