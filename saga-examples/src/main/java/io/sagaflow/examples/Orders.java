package io.sagaflow.examples;

/** The participant that keeps orders. Each call has its effect once, however often it comes. */
interface Orders {

  void create(String key, Order order) throws Exception;

  void cancel(String actionKey, Order order) throws Exception;

  void confirm(String key, Order order, Reservation reservation) throws Exception;

  void issueReceipt(String key, Order order) throws Exception;
}
