package io.sagaflow.store;

import io.sagaflow.SagaStoreException;
import org.jspecify.annotations.Nullable;

/**
 * The store will never take these records of this saga, however often they are offered. Nothing of
 * them was written; records of other sagas were not held up.
 */
public final class JournalRefusedException extends SagaStoreException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was refused, and why
   * @param cause why, or null
   */
  public JournalRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
