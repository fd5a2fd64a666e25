package io.sagaflow;

import org.jspecify.annotations.Nullable;

/** What was sent to a saga came too late: it has ended. Nothing was changed. */
public final class SagaEndedException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what came too late, and how the saga ended
   * @param sagaId the saga, or null
   * @param step the step, or null
   */
  public SagaEndedException(String message, @Nullable SagaId sagaId, @Nullable String step) {
    super(message, null, sagaId, step);
  }
}
