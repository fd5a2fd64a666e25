package io.sagaflow.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A thread that moves sagas, and makes the call that its saga has come to: to wake another thread
 * for it would cost more than most of what a saga does. It does so after it has moved the saga, so
 * that whatever is to interrupt the call finds the saga's mailbox free; if there is more to be
 * moved, which may lead a lane and take long, another thread makes the call after all.
 *
 * <p>User code may block, and sagas have to be moved all the while. So only some of these threads
 * are spared at a time; a call that finds none goes to where other calls are made. It is no worker
 * of a fork-join pool, whose other threads would take up what user code forks there. The fields are
 * the thread's own.
 */
final class EngineThread extends Thread {

  private final Semaphore spares;
  private final Executor elsewhere;
  private boolean isMoving;
  private boolean isCalling;
  private boolean isSpared;
  private @Nullable Runnable next;

  /** Takes the permits of which it needs one while it runs user code, and where else calls are. */
  EngineThread(Runnable task, String name, Semaphore spares, Executor elsewhere) {
    super(task, name);
    this.spares = spares;
    this.elsewhere = elsewhere;
  }

  /** Moves a saga on the calling thread, which then makes the call that it has come to. */
  static void move(Runnable tasks) {
    if (Thread.currentThread() instanceof EngineThread here && !here.isMoving) {
      here.moveAndCall(tasks);
    } else {
      tasks.run();
    }
  }

  /**
   * Leaves a call to the calling thread, which makes it when it has moved its saga.
   *
   * @return whether it will
   */
  static boolean offer(Runnable call) {
    return Thread.currentThread() instanceof EngineThread here && here.take(call);
  }

  /** Has the call that the calling thread was left made elsewhere: it has more to move. */
  static void passOn() {
    if (Thread.currentThread() instanceof EngineThread here) {
      here.passOnNext();
    }
  }

  private boolean take(Runnable call) {
    if (!isMoving || next != null || !(isSpared || spares.tryAcquire())) {
      return false;
    }
    isSpared = true;
    next = call;
    return true;
  }

  private void moveAndCall(Runnable tasks) {
    isMoving = true;
    try {
      tasks.run();
    } finally {
      isMoving = false;
      if (next != null && !isCalling) {
        call();
      }
    }
  }

  /** What a call comes to is moved meanwhile, and may leave the next one. */
  private void call() {
    isCalling = true;
    try {
      for (Runnable call = next; call != null; call = next) {
        next = null;
        call.run();
      }
    } finally {
      isCalling = false;
      passOnNext(); // of one that threw
      giveBack();
    }
  }

  private void passOnNext() {
    if (next == null) {
      return;
    }
    try {
      elsewhere.execute(next);
    } catch (RuntimeException | Error e) { // no thread is left there: then it is made here
      return;
    }
    next = null;
    if (!isCalling) {
      giveBack();
    }
  }

  private void giveBack() {
    if (isSpared) {
      isSpared = false;
      spares.release();
    }
  }
}
