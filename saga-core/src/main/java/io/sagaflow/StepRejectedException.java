package io.sagaflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by an action that was definitely rejected and had no effect: it isn't retried, and its
 * step isn't compensated; the steps before it are.
 */
public class StepRejectedException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what happened, and what to do
   */
  public StepRejectedException(String message) {
    super(message);
  }

  /**
   * Creates the exception.
   *
   * @param message what happened, and what to do
   * @param cause why, or null
   */
  public StepRejectedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
