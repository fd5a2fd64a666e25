package io.sagaflow.testkit.loop;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs only while the loop of {@link EventLoop} waits for it, so that at any moment
 * one thread of the simulated world runs. The semaphores hand the turn over, and with it everything
 * that either side has written.
 *
 * <p>An interrupt has to be seen by the loop at once, and not whenever the thread wakes up: a
 * parked fiber notes it in {@link #interrupted} <em>before</em> it clears the thread's flag, so
 * that whoever reads the flag and then the note sees one of them.
 */
final class Fiber {

  private static final ThreadLocal<@Nullable Fiber> CURRENT = new ThreadLocal<>();

  private final Semaphore toFiber = new Semaphore(0);
  private final Semaphore toLoop = new Semaphore(0);
  private volatile @Nullable Thread thread;
  private volatile boolean interrupted;
  private BooleanSupplier awaited = () -> true;
  private boolean killed;
  private boolean done;
  private @Nullable Throwable failure;

  /** Thrown into a fiber whose node was killed, to end its thread. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("The node was killed", null, false, false);
    }
  }

  Fiber(Executor threads, Runnable task) {
    threads.execute(() -> live(task));
  }

  /** The fiber on whose thread this is called, or null. */
  static @Nullable Fiber current() {
    return CURRENT.get();
  }

  private void live(Runnable task) {
    toFiber.acquireUninterruptibly();
    thread = Thread.currentThread();
    CURRENT.set(this);
    try {
      if (!killed) {
        task.run();
      }
    } catch (Killed e) {
      // the end of its world
    } catch (Throwable e) { // told to the loop, and so to the test
      failure = e;
    } finally {
      CURRENT.remove();
      done = true;
      toLoop.release();
    }
  }

  /**
   * Lets the fiber run until it parks or ends. Called by the loop.
   *
   * @throws IllegalStateException if what it runs throws: an attempt never does, so it is a bug
   */
  void resume() {
    toFiber.release();
    LockSupport.unpark(thread);
    toLoop.acquireUninterruptibly();
    if (failure != null) {
      throw new IllegalStateException("A thread in virtual time ended by a failure", failure);
    }
  }

  /**
   * Gives the turn back to the loop until a condition holds. Called on the fiber.
   *
   * @throws InterruptedException if its thread is interrupted before
   */
  void park(BooleanSupplier condition) throws InterruptedException {
    awaited = condition;
    toLoop.release();
    awaitTurn();
    if (killed) {
      throw new Killed();
    }
    if (Thread.interrupted() || interrupted) {
      interrupted = false;
      throw new InterruptedException("Interrupted in virtual time");
    }
  }

  private void awaitTurn() {
    while (!toFiber.tryAcquire()) {
      LockSupport.park(this);
      if (Thread.currentThread().isInterrupted()) {
        interrupted = true;
        Thread.interrupted(); // or the next park would return at once
      }
    }
  }

  /** Whether a parked fiber has a reason to go on. */
  boolean isAwake() {
    Thread its = thread;
    boolean flagged = its != null && its.isInterrupted(); // before the note: see the class
    return flagged || interrupted || awaited.getAsBoolean();
  }

  boolean isDone() {
    return done;
  }

  void kill() {
    killed = true;
  }
}
