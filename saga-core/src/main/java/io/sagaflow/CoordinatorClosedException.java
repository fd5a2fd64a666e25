package io.sagaflow;

/**
 * The coordinator was closed, or lost its place to another process of the same node name. Nothing
 * was started; sagas in flight are carried on by whichever node claims them.
 */
public final class CoordinatorClosedException extends SagaException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what happened, and what to do
   */
  public CoordinatorClosedException(String message) {
    super(message);
  }
}
