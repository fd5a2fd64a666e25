package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.ActionContext;
import io.sagaflow.CompensationContext;
import io.sagaflow.SagaId;
import io.sagaflow.StepKey;
import io.sagaflow.machine.Direction;
import java.util.Optional;

/** What user code gets to see of one attempt. */
final class CallContext<I, R> implements ActionContext<I>, CompensationContext<I, R> {

  private final SagaView<I> saga;
  private final StepKey<R> key;
  private final Attempt attempt;

  CallContext(SagaView<I> saga, StepKey<R> key, Attempt attempt) {
    this.saga = saga;
    this.key = key;
    this.attempt = attempt;
  }

  Direction direction() {
    return attempt.call().direction();
  }

  boolean isCompensation() {
    return direction() == Direction.COMPENSATION;
  }

  @Override
  public SagaId sagaId() {
    return saga.header().id();
  }

  @Override
  public String businessKey() {
    return saga.header().businessKey();
  }

  @Override
  public String step() {
    return key.name();
  }

  @Override
  public int attempt() {
    return attempt.call().attempt();
  }

  @Override
  public I input() {
    return saga.input();
  }

  @Override
  public String idempotencyKey() {
    return isCompensation() ? actionKey() + ":compensation" : actionKey();
  }

  @Override
  public String actionKey() {
    return sagaId() + ":" + key.name();
  }

  @Override
  public void onInterrupt(Runnable stop) {
    attempt.onInterrupt(requireNonNull(stop, "stop"));
  }

  @Override
  public <T> Optional<T> findResult(StepKey<T> other) {
    return saga.result(other);
  }

  @Override
  public Optional<R> ownResult() {
    return saga.result(key);
  }
}
