package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.util.Optional;

/** How a saga ended, with its results. */
record EndedSaga(SagaView<?> saga) implements SagaOutcome {

  @Override
  public SagaId sagaId() {
    return saga.header().id();
  }

  @Override
  public SagaStatus status() {
    return saga.state().status();
  }

  @Override
  public Optional<String> reason() {
    return saga.state().status() == SagaStatus.COMPLETED
        ? Optional.empty() // what it was once stuck on is settled
        : saga.state().reason();
  }

  @Override
  public <R> Optional<R> result(StepKey<R> key) {
    return saga.result(key);
  }
}
