package io.sagaflow.chaos;

import java.util.function.BooleanSupplier;

/** Lets pass, or makes wait. */
final class Gate {

  private static final long LOOK_EVERY_MILLIS = 50;

  private boolean open = true; // guarded by this

  synchronized void open() {
    open = true;
    notifyAll();
  }

  synchronized void close() {
    open = false;
  }

  /** Waits until it is open, or until there is no reason to wait any more. */
  synchronized void pass(BooleanSupplier waits) throws InterruptedException {
    while (!open && waits.getAsBoolean()) {
      wait(LOOK_EVERY_MILLIS);
    }
  }
}
