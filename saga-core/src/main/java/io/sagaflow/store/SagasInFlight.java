package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaCounts.Count;

/**
 * The sagas of one version of a definition that haven't ended.
 *
 * @param definition the definition
 * @param count how many there are, at least 1; one that isn't exact is where the store ceased to
 *     count
 */
public record SagasInFlight(DefinitionRef definition, Count count) {

  /** Refuses nulls. */
  public SagasInFlight {
    requireNonNull(definition, "definition");
    requireNonNull(count, "count");
  }
}
