package io.sagaflow.testkit;

import io.sagaflow.CompensationContext;
import io.sagaflow.SagaId;
import io.sagaflow.StepKey;
import java.util.Optional;

/** A compensation's context that notes whether the compensation asked for a result in vain. */
record WatchedContext<I, R>(CompensationContext<I, R> context, Trial trial)
    implements CompensationContext<I, R> {

  @Override
  public Optional<R> ownResult() {
    return watched(context.ownResult());
  }

  @Override
  public <T> Optional<T> findResult(StepKey<T> key) {
    Optional<T> result = context.findResult(key);
    return key.name().equals(step()) ? watched(result) : result;
  }

  private <T> Optional<T> watched(Optional<T> own) {
    if (own.isEmpty()) {
      trial.missedResult(step());
    }
    return own;
  }

  @Override
  public String actionKey() {
    return context.actionKey();
  }

  @Override
  public SagaId sagaId() {
    return context.sagaId();
  }

  @Override
  public String businessKey() {
    return context.businessKey();
  }

  @Override
  public String step() {
    return context.step();
  }

  @Override
  public void onInterrupt(Runnable stop) {
    context.onInterrupt(stop);
  }

  @Override
  public int attempt() {
    return context.attempt();
  }

  @Override
  public I input() {
    return context.input();
  }

  @Override
  public String idempotencyKey() {
    return context.idempotencyKey();
  }
}
