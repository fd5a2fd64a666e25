package io.sagaflow.examples;

/** There isn't enough stock. Definite: nothing was reserved. */
final class SoldOut extends Exception {

  private static final long serialVersionUID = 1L;

  SoldOut(String message) {
    super(message);
  }
}
