package io.sagaflow.testkit.loop;

import io.sagaflow.engine.ProcessKilled;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What waits in the middle of what it does. */
final class Parked {

  private final @Nullable SimulatedProcess process;
  private final BooleanSupplier awaited;
  private final Waiter waiter = new Waiter();
  private boolean killed;

  /**
   * Parks what the calling thread does.
   *
   * @param process for whom it is done, or null
   * @param awaited what is waited for
   */
  Parked(@Nullable SimulatedProcess process, BooleanSupplier awaited) {
    this.process = process;
    this.awaited = awaited;
  }

  @Nullable SimulatedProcess process() {
    return process;
  }

  Waiter waiter() {
    return waiter;
  }

  /** Whether it has a reason to go on, and may. */
  boolean isAwake() {
    return (process == null || process.isRunning())
        && (waiter.isInterrupted() || awaited.getAsBoolean());
  }

  /** Ends it: with its next turn it only unwinds. */
  void kill() {
    killed = true;
  }

  /**
   * Waits for its turn. Called by its thread.
   *
   * @throws ProcessKilled if it was killed
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  void awaitTurn() throws InterruptedException {
    waiter.awaitTurn();
    if (killed) {
      throw new ProcessKilled();
    }
    if (waiter.isInterrupted()) {
      Thread.interrupted();
      throw new InterruptedException("Interrupted in virtual time");
    }
  }
}
