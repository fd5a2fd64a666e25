package io.sagaflow;

import org.jspecify.annotations.Nullable;

/**
 * The store is unavailable, or refuses to work. A call that would have written something may have
 * written it: repeat it with the same business key.
 */
public class SagaStoreException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what happened, and what to do
   * @param cause why, or null
   */
  public SagaStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
