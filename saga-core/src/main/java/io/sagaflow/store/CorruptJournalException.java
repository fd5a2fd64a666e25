package io.sagaflow.store;

import io.sagaflow.SagaException;
import io.sagaflow.SagaId;
import org.jspecify.annotations.Nullable;

/** A saga's journal can't be read, or says something impossible. The saga is made stuck. */
public final class CorruptJournalException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong, and where
   * @param cause why, or null
   * @param sagaId the saga
   */
  public CorruptJournalException(String message, @Nullable Throwable cause, SagaId sagaId) {
    super(message, cause, sagaId, null);
  }
}
