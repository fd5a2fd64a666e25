package io.sagaflow.testkit.loop;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that has passed its turn on and waits to get it back. At any moment one thread of a
 * simulated world has the turn; with it goes everything that the threads before have written.
 *
 * <p>An interrupt has to be seen by the loop at once, and not whenever the thread wakes up: the
 * thread notes it in {@link #interrupted} <em>before</em> it clears its flag, so that whoever reads
 * the flag and then the note sees one of them.
 */
final class Waiter {

  private final Thread thread = Thread.currentThread();
  private volatile boolean interrupted;
  private volatile boolean dismissed;
  private volatile boolean hasTurn;

  /** Lets the thread go on. Called by who has the turn, which is over with this. */
  void giveTurn() {
    hasTurn = true;
    LockSupport.unpark(thread);
  }

  /** Lets the thread go, without a turn. Called by who has it, and keeps it. */
  void dismiss() {
    dismissed = true;
    giveTurn();
  }

  boolean isDismissed() {
    return dismissed;
  }

  /** Waits for the turn, whatever interrupts it. Called by the thread, once. */
  void awaitTurn() {
    while (!hasTurn) {
      LockSupport.park(this);
      if (thread.isInterrupted()) {
        interrupted = true;
        Thread.interrupted(); // or the next park would return at once
      }
    }
  }

  /** Whether the thread was interrupted since it began to wait. */
  boolean isInterrupted() {
    boolean flagged = thread.isInterrupted(); // before the note: see the class
    return flagged || interrupted;
  }
}
