package io.sagaflow.testkit.model;

import io.sagaflow.ActionContext;
import io.sagaflow.CompensationContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.StepRejectedException;
import io.sagaflow.machine.Direction;
import io.sagaflow.testkit.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Participants that refuse, fail and dawdle by chance, behind the barrier of the model. Each tells
 * the recorder when it is called and when it has done what it was called for.
 */
final class RecordedParticipants {

  private final VirtualTime time;
  private final SplittableRandom random;
  private final Map<Row, Effect> barrier = new HashMap<>();
  private TraceRecorder recorder;
  private boolean healed;

  private record Row(SagaId saga, String step) {}

  private enum Effect {
    STANDS,
    UNDONE
  }

  RecordedParticipants(VirtualTime time, long seed) {
    this.time = time;
    this.random = new SplittableRandom(seed);
  }

  void tell(TraceRecorder told) {
    recorder = told;
  }

  /** From now on everything succeeds at once. */
  void heal() {
    healed = true;
  }

  SagaDefinition<String> definition() {
    RetryPolicy some = RetryPolicy.exponential(Duration.ofMillis(200), Duration.ofSeconds(2));
    return SagaDefinition.named("traced", String.class)
        .deadline(Duration.ofSeconds(60))
        .step("hold")
        .action(this::act)
        .compensation(this::undo)
        .timeout(Duration.ofSeconds(4))
        .retry(some.maxAttempts(4))
        .compensationRetry(some.maxAttempts(3))
        .step("charge")
        .action(this::act)
        .compensation(this::undo)
        .timeout(Duration.ofSeconds(4))
        .atMostOnce()
        .compensationRetry(some.maxAttempts(3))
        .step("commit")
        .action(this::act)
        .pivot()
        .timeout(Duration.ofSeconds(4))
        .retry(some.maxAttempts(5))
        .step("thank")
        .action(this::act)
        .timeout(Duration.ofSeconds(4))
        .retry(some.maxAttempts(5))
        .build();
  }

  private void act(ActionContext<String> context) throws Exception {
    recorder.called(context.sagaId(), Direction.ACTION, context.step());
    Row row = new Row(context.sagaId(), context.step());
    mishap(barrier.containsKey(row) ? 0 : 0.12);
    Effect effect = barrier.computeIfAbsent(row, none -> Effect.STANDS);
    tell(Direction.ACTION, row, effect);
    mishap(0);
  }

  private void undo(CompensationContext<String, Void> context) throws Exception {
    recorder.called(context.sagaId(), Direction.COMPENSATION, context.step());
    Row row = new Row(context.sagaId(), context.step());
    mishap(0);
    barrier.put(row, Effect.UNDONE);
    tell(Direction.COMPENSATION, row, Effect.UNDONE);
    mishap(0);
  }

  private void tell(Direction direction, Row row, Effect effect) {
    int effects = effect == Effect.STANDS ? 1 : 0;
    recorder.handled(row.saga(), direction, row.step(), effects);
  }

  private void mishap(double refusals) throws Exception {
    double roll = healed ? 1 : random.nextDouble();
    if (roll < refusals) {
      throw new StepRejectedException("refused");
    } else if (roll < 0.2) {
      throw new IllegalStateException("connection reset");
    } else if (roll < 0.5) {
      time.sleep(Duration.ofMillis(random.nextInt(6_000)));
    }
  }
}
