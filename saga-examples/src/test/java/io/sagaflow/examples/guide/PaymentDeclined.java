package io.sagaflow.examples.guide;

/** The card doesn't cover the amount. */
final class PaymentDeclined extends Exception {
  private static final long serialVersionUID = 1L;
}
