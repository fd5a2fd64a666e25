package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaId;
import io.sagaflow.SagaOperator;
import io.sagaflow.StepKey;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.Payload;

/**
 * An operator's verbs, as commands.
 *
 * @param inboxes where they go
 * @param by who asks
 * @param reason why
 */
record EngineOperator(Inboxes inboxes, String by, String reason) implements SagaOperator {

  EngineOperator {
    Texts.requireActor(requireNonNull(by, "by"));
    Texts.requireReason(requireNonNull(reason, "reason"));
  }

  @Override
  public void retry(SagaId sagaId) {
    post(sagaId, CommandKind.RETRY);
  }

  @Override
  public <R> void markDone(SagaId sagaId, StepKey<R> step, R result) {
    requireNonNull(sagaId, "sagaId");
    requireNonNull(step, "step");
    Payload payload = inboxes.encodeResult(sagaId, step, requireNonNull(result, "result"));
    inboxes.post(sagaId, command(CommandKind.MARK_DONE).withStep(step.name()).withPayload(payload));
  }

  @Override
  public void markDone(SagaId sagaId, String step) {
    post(sagaId, CommandKind.MARK_DONE, step);
  }

  @Override
  public void markNotDone(SagaId sagaId, String step) {
    post(sagaId, CommandKind.MARK_NOT_DONE, step);
  }

  @Override
  public void skipCompensation(SagaId sagaId, String step) {
    post(sagaId, CommandKind.SKIP_COMPENSATION, step);
  }

  @Override
  public void forceForward(SagaId sagaId) {
    post(sagaId, CommandKind.FORCE_FORWARD);
  }

  @Override
  public void abort(SagaId sagaId) {
    post(sagaId, CommandKind.ABORT);
  }

  @Override
  public void cancel(SagaId sagaId) {
    post(sagaId, CommandKind.CANCEL);
  }

  private void post(SagaId sagaId, CommandKind kind) {
    inboxes.post(requireNonNull(sagaId, "sagaId"), command(kind));
  }

  private void post(SagaId sagaId, CommandKind kind, String step) {
    requireNonNull(sagaId, "sagaId");
    inboxes.requireStep(sagaId, requireNonNull(step, "step"));
    inboxes.post(sagaId, command(kind).withStep(step));
  }

  private NewCommand command(CommandKind kind) {
    return NewCommand.of(kind, by, reason);
  }
}
