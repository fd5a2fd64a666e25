package io.sagaflow.engine;

import io.sagaflow.SagaException;
import io.sagaflow.SagaId;

/** A saga was started with other steps than its definition has now. The saga is made stuck. */
final class DefinitionChangedException extends SagaException {

  private static final long serialVersionUID = 1L;

  private final String explanation;

  DefinitionChangedException(String explanation, SagaId sagaId) {
    super(explanation, null, sagaId, null);
    this.explanation = explanation;
  }

  String explanation() {
    return explanation;
  }
}
