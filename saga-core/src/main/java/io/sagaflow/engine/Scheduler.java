package io.sagaflow.engine;

import java.time.Duration;

/** Runs tasks later. Injected, so that tests move time by hand. */
public interface Scheduler {

  /**
   * Runs a task once, after a delay, on an engine thread.
   *
   * @param delay how long to wait; zero or negative for at once
   * @param task what to run
   * @return a handle that keeps the task from starting, if it hasn't
   */
  Cancellable schedule(Duration delay, Runnable task);

  /** A task that may be called off. */
  interface Cancellable {

    /** Keeps the task from starting; does nothing if it has started. */
    void cancel();
  }
}
