package io.sagaflow.examples;

/** The card doesn't cover the amount. Definite: nothing was charged. */
final class PaymentDeclined extends Exception {

  private static final long serialVersionUID = 1L;

  PaymentDeclined(String message) {
    super(message);
  }
}
