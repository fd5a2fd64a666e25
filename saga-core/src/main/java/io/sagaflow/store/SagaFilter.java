package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaStatus;
import io.sagaflow.SagaSummary;
import java.util.Optional;
import java.util.Set;

/**
 * Which sagas are wanted, whenever they were started.
 *
 * @param statuses of one of these statuses; empty for all
 * @param definition of this definition's name; empty for all
 * @param step that rest on this step; empty for all
 */
public record SagaFilter(
    Set<SagaStatus> statuses, Optional<String> definition, Optional<String> step) {

  /** Copies the set. */
  public SagaFilter {
    statuses = Set.copyOf(statuses);
    requireNonNull(definition, "definition");
    requireNonNull(step, "step");
  }

  /**
   * Returns whether a saga is wanted.
   *
   * @param saga the saga
   * @return whether it is
   */
  public boolean accepts(SagaSummary saga) {
    return (statuses.isEmpty() || statuses.contains(saga.status()))
        && definition.map(saga.definition()::equals).orElse(true)
        && (step.isEmpty() || saga.step().equals(step));
  }
}
