package io.sagaflow.machine;

import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.SagaCompensated;
import io.sagaflow.store.Fact.SagaCompleted;
import io.sagaflow.store.Fact.SagaTurnedBack;
import io.sagaflow.store.Fact.StepStarted;
import io.sagaflow.store.Fact.StepUnknown;
import io.sagaflow.store.TurnCause;
import java.time.Instant;
import java.util.Optional;

/** Decides what comes next, from a state in which no call is running. */
final class Decider {

  private final Plan plan;

  Decider(Plan plan) {
    this.plan = plan;
  }

  Decision decide(SagaState state, Instant now) {
    return switch (state.status()) {
      case RUNNING -> forward(state, now);
      case COMPENSATING -> backward(state, now);
      case COMPLETED, COMPENSATED, STUCK -> new Decision.Rest();
    };
  }

  private Decision forward(SagaState state, Instant now) {
    int current = state.current();
    if (current == state.steps().size()) {
      return new Decision.Append(new SagaCompleted());
    }
    StepState step = state.step(current);
    return switch (step.status()) {
      case REJECTED -> turnBack(current, step, TurnCause.REJECTED);
      case UNKNOWN -> turnBack(current, step, TurnCause.UNKNOWN);
      case PENDING, STARTED -> attempt(state, current, now);
      case COMPLETED, COMPENSATED, COMPENSATION_FAILED ->
          throw new IllegalStateException("A running saga's current step is " + step.status());
    };
  }

  private Decision attempt(SagaState state, int current, Instant now) {
    StepState step = state.step(current);
    if (state.mayTurnBack(plan) && state.isOverdue(now)) {
      return new Decision.Append(
          new SagaTurnedBack(TurnCause.DEADLINE, Optional.empty(), "The saga's deadline passed."));
    }
    if (step.status() == StepStatus.STARTED && step.open()) {
      return new Decision.Append(
          new StepUnknown(
              plan.step(current).name(),
              1,
              "This at-most-once action may have run, and its outcome is lost."));
    }
    if (!step.isDue(now)) {
      return new Decision.Wait(wakeAt(state, step, now));
    }
    if (plan.step(current).atMostOnce() && step.status() == StepStatus.PENDING) {
      return new Decision.Append(new StepStarted(plan.step(current).name()));
    }
    return run(current, Direction.ACTION, step);
  }

  private Decision backward(SagaState state, Instant now) {
    int index = state.nextToCompensate(plan);
    if (index < 0) {
      return new Decision.Append(new SagaCompensated());
    }
    StepState step = state.step(index);
    return step.isDue(now)
        ? run(index, Direction.COMPENSATION, step)
        : new Decision.Wait(step.retryAt().orElse(now));
  }

  private Decision turnBack(int current, StepState step, TurnCause cause) {
    String what = cause == TurnCause.REJECTED ? " was rejected: " : " has an unknown outcome: ";
    String reason =
        "Step " + plan.step(current).name() + what + step.error().orElse("no reason given");
    Fact turned = new SagaTurnedBack(cause, Optional.empty(), reason);
    return new Decision.Append(turned);
  }

  private Instant wakeAt(SagaState state, StepState step, Instant now) {
    Instant retryAt = step.retryAt().orElse(now);
    return state
        .deadline()
        .filter(deadline -> state.mayTurnBack(plan) && deadline.isBefore(retryAt))
        .orElse(retryAt);
  }

  private static Decision run(int index, Direction direction, StepState step) {
    return new Decision.Run(new Call(index, direction, step.attempts() + 1));
  }
}
