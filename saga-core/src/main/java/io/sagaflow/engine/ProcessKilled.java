package io.sagaflow.engine;

/**
 * Thrown by a simulated world into what a process was doing when it was killed. Everywhere else an
 * Error of user code is the failure of its attempt; of this one nothing may come any more.
 */
public final class ProcessKilled extends Error {

  private static final long serialVersionUID = 1L;

  /** Creates one, without a stack trace: there will be many. */
  public ProcessKilled() {
    super("The process was killed", null, false, false);
  }
}
