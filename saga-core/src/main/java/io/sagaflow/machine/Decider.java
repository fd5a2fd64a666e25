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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what comes next. Once a step has failed for good, no action begins any more; the saga
 * turns when those that run have ended.
 */
final class Decider {

  private final Plan plan;

  Decider(Plan plan) {
    this.plan = plan;
  }

  Decision decide(SagaState state, Set<Integer> running, Instant now) {
    return decide(state, new Underway(running, Map.of()), now);
  }

  Decision decide(SagaState state, Underway underway, Instant now) {
    return switch (state.status()) {
      case RUNNING -> forward(state, underway, now);
      case COMPENSATING -> backward(state, underway, now);
      case COMPLETED, COMPENSATED, STUCK -> new Decision.Rest();
    };
  }

  private Decision forward(SagaState state, Underway underway, Instant now) {
    List<Integer> turn = Frontier.forward(plan, state);
    if (turn.isEmpty()) {
      return new Decision.Append(new SagaCompleted());
    }
    Optional<Fact> turned = turnBack(state, turn, now);
    if (turned.isPresent()) {
      return underway.running().isEmpty()
          ? new Decision.Append(turned.get())
          : new Decision.Wait(deadline(state, now)); // those that run are interrupted by then
    }
    List<Integer> idle = idle(turn, underway);
    return waited(state, idle, now)
        .or(() -> announced(state, idle, now))
        .orElseGet(() -> attempts(state, idle, underway, now));
  }

  /** What turns the saga back, if anything does: a failed step, or else its deadline. */
  private Optional<Fact> turnBack(SagaState state, List<Integer> turn, Instant now) {
    for (int index : turn) {
      switch (state.step(index).status()) {
        case PENDING, STARTED -> {}
        case REJECTED -> {
          return Optional.of(failed(state, index, TurnCause.REJECTED));
        }
        case UNKNOWN -> {
          if (!Frontier.isBeingProbed(plan, state, index)) {
            return Optional.of(failed(state, index, TurnCause.UNKNOWN));
          }
        }
        case COMPLETED, SKIPPED, COMPENSATED, COMPENSATION_FAILED ->
            throw new IllegalStateException(
                "A step whose turn it is can't be " + state.step(index).status());
      }
    }
    if (!state.isOverdue(now) || !Frontier.mayTurnBack(plan, state)) {
      return Optional.empty();
    }
    return Optional.of(
        new SagaTurnedBack(TurnCause.DEADLINE, Optional.empty(), "The saga's deadline passed."));
  }

  private Fact failed(SagaState state, int index, TurnCause cause) {
    String what = cause == TurnCause.REJECTED ? " was rejected: " : " has an unknown outcome: ";
    String error = state.step(index).error().orElse("no reason given");
    return new SagaTurnedBack(
        cause, Optional.empty(), "Step " + plan.step(index).name() + what + error);
  }

  /** What has to be journaled of a step that has waited long enough. */
  private Optional<Decision> waited(SagaState state, List<Integer> idle, Instant now) {
    for (int index : idle) {
      Optional<Fact> end = Pauses.end(plan.step(index), state.step(index), now);
      if (end.isPresent()) {
        return Optional.of(new Decision.Append(end.get()));
      }
    }
    return Optional.empty();
  }

  /** What has to be journaled before an at-most-once action is called, or isn't. */
  private Optional<Decision> announced(SagaState state, List<Integer> idle, Instant now) {
    for (int index : idle) {
      StepState step = state.step(index);
      PlannedStep planned = plan.step(index);
      if (planned.is(Trait.AT_MOST_ONCE) && step.status() == StepStatus.STARTED && step.open()) {
        String why = "This at-most-once action may have run, and its outcome is lost.";
        return Optional.of(new Decision.Append(new StepUnknown(planned.name(), 1, why)));
      }
      if (step.status() == StepStatus.PENDING
          && planned.is(Trait.AT_MOST_ONCE)
          && !planned.is(Trait.CONDITIONAL) // its condition announces it
          && step.isDue(now)) {
        return Optional.of(new Decision.Append(new StepStarted(planned.name())));
      }
    }
    return Optional.empty();
  }

  private Decision attempts(SagaState state, List<Integer> idle, Underway underway, Instant now) {
    List<Call> calls = new ArrayList<>(idle.size());
    for (int index : idle) {
      if (plan.step(index).pause().isEmpty() && isDue(state, underway, index, now)) {
        calls.add(call(state, index, forward(state, index)));
      }
    }
    if (!calls.isEmpty()) {
      return new Decision.Run(calls);
    }
    Optional<Instant> until = first(firstDue(state, underway, idle), deadline(state, now));
    boolean forCommandsOnly = until.isEmpty() && underway.running().isEmpty();
    return forCommandsOnly ? new Decision.Rest() : new Decision.Wait(until);
  }

  /** When the saga turns back, if it may still. */
  private Optional<Instant> deadline(SagaState state, Instant now) {
    return state.deadline().filter(at -> Frontier.mayTurnBack(plan, state) && now.isBefore(at));
  }

  private Decision backward(SagaState state, Underway underway, Instant now) {
    List<Integer> turn = Frontier.backward(plan, state);
    if (turn.isEmpty()) {
      return new Decision.Append(new SagaCompensated());
    }
    List<Integer> idle = idle(turn, underway);
    List<Call> calls = new ArrayList<>(idle.size());
    for (int index : idle) {
      if (isDue(state, underway, index, now)) {
        calls.add(call(state, index, Direction.COMPENSATION));
      }
    }
    return calls.isEmpty()
        ? new Decision.Wait(firstDue(state, underway, idle))
        : new Decision.Run(calls);
  }

  private static List<Integer> idle(List<Integer> turn, Underway underway) {
    if (underway.running().isEmpty()) {
      return turn;
    }
    List<Integer> idle = new ArrayList<>(turn);
    idle.removeAll(underway.running());
    return idle;
  }

  private Direction forward(SagaState state, int index) {
    StepStatus status = state.step(index).status();
    if (status == StepStatus.UNKNOWN) {
      return Direction.PROBE;
    }
    boolean undecided = status == StepStatus.PENDING && plan.step(index).is(Trait.CONDITIONAL);
    return undecided ? Direction.CONDITION : Direction.ACTION;
  }

  private static Call call(SagaState state, int index, Direction direction) {
    return new Call(index, direction, state.step(index).attempts() + 1);
  }

  private boolean isDue(SagaState state, Underway underway, int index, Instant now) {
    return dueAt(state, underway, index).map(at -> !now.isBefore(at)).orElse(true);
  }

  private Optional<Instant> firstDue(SagaState state, Underway underway, List<Integer> idle) {
    Optional<Instant> firstDue = Optional.empty();
    for (int index : idle) {
      firstDue = first(firstDue, dueAt(state, underway, index));
    }
    return firstDue;
  }

  /** When a step's next call is due, or its waiting ends; empty for at once, or for never. */
  private Optional<Instant> dueAt(SagaState state, Underway underway, int index) {
    StepState step = state.step(index);
    Optional<Instant> retryAt = step.retryAt().or(() -> Pauses.until(plan.step(index), step));
    Optional<Instant> again = Optional.ofNullable(underway.resting().get(index));
    return again.filter(at -> retryAt.map(at::isAfter).orElse(true)).or(() -> retryAt);
  }

  private static Optional<Instant> first(Optional<Instant> one, Optional<Instant> other) {
    return one.filter(at -> other.map(at::isBefore).orElse(true)).or(() -> other);
  }
}
