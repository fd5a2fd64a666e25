package io.sagaflow.engine;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A thread that moves sagas, and makes the call that its saga has come to: to wake another thread
 * for it would cost more than most of what a saga does. It does so after it has moved the saga, so
 * that whatever is to interrupt the call finds the saga's mailbox free.
 *
 * <p>User code may block, and sagas have to be moved all the while. So only some of these threads
 * are spared at a time; a call that finds none goes to where other calls are made. It is no worker
 * of a fork-join pool, whose other threads would take up what user code forks there. The fields are
 * the thread's own.
 */
final class EngineThread extends Thread {

  private final Semaphore spares;
  private boolean isMoving;
  private boolean isSpared;
  private @Nullable Runnable next;

  /** Takes the permits of which it needs one while it runs user code. */
  EngineThread(Runnable task, String name, Semaphore spares) {
    super(task, name);
    this.spares = spares;
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

  private boolean take(Runnable call) {
    if (!isMoving || next != null || !(isSpared || spares.tryAcquire())) {
      return false;
    }
    isSpared = true;
    next = call;
    return true;
  }

  private void moveAndCall(Runnable tasks) {
    boolean isCalling = isSpared;
    isMoving = true;
    try {
      tasks.run();
    } finally {
      isMoving = false;
      if (isSpared && !isCalling) {
        call();
      }
    }
  }

  /** What a call comes to is moved meanwhile, and may leave the next one. */
  private void call() {
    try {
      for (Runnable call = next; call != null; call = next) {
        next = null;
        call.run();
      }
    } finally {
      isSpared = false;
      spares.release();
    }
  }
}
