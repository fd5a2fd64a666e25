package io.sagaflow;

import org.jspecify.annotations.Nullable;

/** A saga hadn't ended within the time that the caller wanted to wait. The saga goes on. */
public final class SagaTimeoutException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what happened, to which saga and step, and what to do
   * @param cause why, or null
   * @param sagaId the saga, or null
   * @param step the step, or null
   */
  public SagaTimeoutException(
      String message, @Nullable Throwable cause, @Nullable SagaId sagaId, @Nullable String step) {
    super(message, cause, sagaId, step);
  }
}
