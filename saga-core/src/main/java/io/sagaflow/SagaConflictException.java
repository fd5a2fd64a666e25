package io.sagaflow;

import org.jspecify.annotations.Nullable;

/**
 * A saga with this definition and business key exists already, and was started with another input.
 * Nothing was started; use another key, or find out who reused this one.
 */
public final class SagaConflictException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what happened, to which saga and step, and what to do
   * @param cause why, or null
   * @param sagaId the saga, or null
   * @param step the step, or null
   */
  public SagaConflictException(
      String message, @Nullable Throwable cause, @Nullable SagaId sagaId, @Nullable String step) {
    super(message, cause, sagaId, step);
  }
}
