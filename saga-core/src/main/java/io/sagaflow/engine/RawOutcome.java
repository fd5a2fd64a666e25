package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.util.Optional;

/**
 * How a saga ended of which only the rows are known: its definition isn't registered here, or its
 * journal can't be read. It doesn't pretend to have no results: it refuses to look.
 *
 * @param sagaId the saga
 * @param status how it ended
 * @param reason why
 */
record RawOutcome(SagaId sagaId, SagaStatus status, Optional<String> reason)
    implements SagaOutcome {

  @Override
  public <R> Optional<R> result(StepKey<R> key) {
    throw new IllegalStateException(
        "The result of step "
            + key.name()
            + " of saga "
            + sagaId
            + " can't be read here: the saga's definition isn't registered with this coordinator, or"
            + " its journal can't be read. Ask a coordinator that has registered the definition.");
  }
}
