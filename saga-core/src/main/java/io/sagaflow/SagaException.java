package io.sagaflow;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of what this library throws, one subclass for each thing that a caller would do
 * differently.
 */
public class SagaException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final @Nullable SagaId sagaId;
  private final @Nullable String step;

  /**
   * Creates an exception that isn't about one saga.
   *
   * @param message what happened, and what to do
   */
  public SagaException(String message) {
    this(message, null, null, null);
  }

  /**
   * Creates an exception that isn't about one saga.
   *
   * @param message what happened, and what to do
   * @param cause why, or null
   */
  public SagaException(String message, @Nullable Throwable cause) {
    this(message, cause, null, null);
  }

  /**
   * Creates an exception about a saga.
   *
   * @param message what happened, to which saga and step, and what to do
   * @param cause why, or null
   * @param sagaId the saga, or null
   * @param step the step, or null
   */
  public SagaException(
      String message, @Nullable Throwable cause, @Nullable SagaId sagaId, @Nullable String step) {
    super(message, cause);
    this.sagaId = sagaId;
    this.step = step;
  }

  /**
   * Returns the saga that this is about.
   *
   * @return the saga, or empty
   */
  public Optional<SagaId> sagaId() {
    return Optional.ofNullable(sagaId);
  }

  /**
   * Returns the step that this is about.
   *
   * @return the step's name, or empty
   */
  public Optional<String> step() {
    return Optional.ofNullable(step);
  }
}
