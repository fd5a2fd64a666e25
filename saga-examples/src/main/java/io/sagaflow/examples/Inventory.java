package io.sagaflow.examples;

/** The participant that keeps stock. Each call has its effect once, however often it comes. */
interface Inventory {

  /**
   * Keeps stock for an order.
   *
   * @throws SoldOut if there isn't enough; nothing was reserved
   * @throws Exception if the outcome isn't known
   */
  Reservation reserve(String key, Order order) throws Exception;

  void release(String actionKey, Order order) throws Exception;
}
