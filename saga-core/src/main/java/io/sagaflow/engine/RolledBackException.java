package io.sagaflow.engine;

/**
 * A transaction was surely rolled back, and with it all that was to be written in it. Thrown
 * through the runner of a transaction it demands just that.
 */
final class RolledBackException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RolledBackException(String why) {
    super(why, null, false, false); // a signal: nobody looks for where it came from
  }
}
