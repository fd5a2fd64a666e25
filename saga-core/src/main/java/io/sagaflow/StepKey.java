package io.sagaflow;

import static java.util.Objects.requireNonNull;

/**
 * Names a step together with the type of its result, so that results are read without casts.
 *
 * @param <R> the type of the step's result
 * @param name the step's name
 * @param type the class of the step's result
 */
public record StepKey<R>(String name, Class<R> type) {

  /** Refuses nulls; the name's form is checked by {@code build()}, together with all others. */
  public StepKey {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
  }

  /**
   * Creates a key.
   *
   * @param name the step's name, see {@link SagaDefinition} for its form
   * @param type the class of the step's result
   * @param <R> the type of the step's result
   * @return the key
   */
  public static <R> StepKey<R> of(String name, Class<R> type) {
    return new StepKey<>(name, type);
  }
}
