package io.sagaflow.examples;

/**
 * What is to be delivered: the input of the saga and of its child.
 *
 * @param deliveryId names the delivery, and is its saga's business key
 * @param customerIsThere whether the customer will say when to come
 */
record Delivery(String deliveryId, boolean customerIsThere) {}
