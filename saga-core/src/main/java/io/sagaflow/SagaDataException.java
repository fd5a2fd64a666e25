package io.sagaflow;

import org.jspecify.annotations.Nullable;

/**
 * An input or result can't be written as a payload, can't be read back or decrypted, or is too
 * large. Nothing was journaled; change the type or its mapping, or add the key that is missing.
 */
public final class SagaDataException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what happened, to which saga and step, and what to do
   * @param cause why, or null
   * @param sagaId the saga, or null
   * @param step the step, or null
   */
  public SagaDataException(
      String message, @Nullable Throwable cause, @Nullable SagaId sagaId, @Nullable String step) {
    super(message, cause, sagaId, step);
  }
}
