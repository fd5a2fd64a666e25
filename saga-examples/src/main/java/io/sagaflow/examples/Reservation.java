package io.sagaflow.examples;

/**
 * Stock that is kept for an order.
 *
 * @param reservationId names it
 */
record Reservation(String reservationId) {}
