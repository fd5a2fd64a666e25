package io.sagaflow;

/**
 * The coordinator has as many sagas in memory as it may have, and none has left in time. This start
 * did nothing; it may be repeated, here or on another node.
 */
public final class SagaOverloadedException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what happened, and what to do
   */
  public SagaOverloadedException(String message) {
    super(message);
  }
}
