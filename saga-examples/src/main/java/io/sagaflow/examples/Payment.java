package io.sagaflow.examples;

/**
 * Money that was taken for an order.
 *
 * @param paymentId names it
 */
record Payment(String paymentId) {}
