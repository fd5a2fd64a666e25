package io.sagaflow;

import java.util.Optional;

/** How a saga ended, or where it got stuck. Immutable and thread-safe. */
public interface SagaOutcome {

  /**
   * Returns the saga's id.
   *
   * @return the id
   */
  SagaId sagaId();

  /**
   * Returns how the saga ended.
   *
   * @return {@code COMPLETED}, {@code COMPENSATED}, or {@code STUCK} for a saga that waits for an
   *     operator and may still end otherwise
   */
  SagaStatus status();

  /**
   * Returns why the saga turned to compensation, or why it is stuck.
   *
   * @return a sentence for people; empty for a completed saga
   */
  Optional<String> reason();

  /**
   * Returns the result of a step.
   *
   * @param key the step
   * @param <R> the type of its result
   * @return the result; empty if the step didn't complete or has no result
   * @throws IllegalArgumentException if the definition has no such step of that type
   * @throws IllegalStateException if the results can't be read here, since the definition isn't
   *     registered with the coordinator that was asked, or the saga's journal can't be read
   */
  <R> Optional<R> result(StepKey<R> key);

  /**
   * Returns whether every step took effect.
   *
   * @return whether the status is {@code COMPLETED}
   */
  default boolean isCompleted() {
    return status() == SagaStatus.COMPLETED;
  }
}
