package io.sagaflow.store;

import io.sagaflow.SagaId;

/**
 * What never changes about a saga.
 *
 * @param id its id
 * @param definition the definition that it follows
 * @param businessKey what it is about; unique among all versions of the definition
 */
public record SagaHeader(SagaId id, DefinitionRef definition, String businessKey) {

  /** Names the saga as log lines and messages do. */
  @Override
  public String toString() {
    return businessKey + " (" + definition + ", " + id + ")";
  }
}
