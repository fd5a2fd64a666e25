package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.store.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one saga: the oracles' own idea of it, made of nothing that the engine says. */
final class SagaBook {

  final int number;
  final Blueprint blueprint;
  final SagaId id;
  final List<StepBook> steps = new ArrayList<>();
  final List<Invocation> running = new ArrayList<>(1);

  /** By the clock of whoever started it. */
  final Instant startedAt;

  @Nullable NodeId owner;

  /** Counts the ownerships: a call knows under which it began. */
  int epoch;

  SagaStatus status = SagaStatus.RUNNING;
  long seq;
  boolean turned;
  boolean ended;

  /** Whether somebody was told that it was started. */
  boolean acknowledged;

  int cancelsPosted;
  int retriesPosted;
  int abortsPosted;
  int answers;

  int lethalReads;
  int lethalCalls;
  int deaths;
  int leakingCalls;

  /** Whether its process stood still during one of its calls. */
  boolean pausedCalls;

  /** Whether it is stuck on a call that has leaked, whose end sends it on. */
  boolean waitsForALeakedCall;

  /** Whether that call has ended on a node that lives: it is sent on without an operator. */
  boolean goesOnByItself;

  SagaBook(int number, Blueprint blueprint, SagaId id, Instant startedAt) {
    this.startedAt = startedAt;
    this.number = number;
    this.blueprint = blueprint;
    this.id = id;
    for (StepPlan plan : blueprint.steps()) {
      steps.add(new StepBook(plan));
    }
  }

  StepBook step(String name) {
    return steps.get(Blueprint.indexOf(name));
  }

  /** Whether a step isn't done, and all that it waits for is. */
  boolean isTurn(StepBook step) {
    return !step.isDone()
        && step.plan.after().stream().allMatch(index -> steps.get(index).isDone());
  }

  /** Whether a step waits for another, by way of others perhaps. */
  boolean isBehind(StepBook later, StepBook earlier) {
    for (int index : later.plan.after()) {
      if (index == earlier.plan.index() || isBehind(steps.get(index), earlier)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the journal says of a step that it has failed for good. */
  boolean hasFailed() {
    return steps.stream()
        .anyMatch(
            step ->
                step.journaled == StepBook.Journaled.REJECTED
                    || step.journaled == StepBook.Journaled.UNKNOWN);
  }

  /** Whether the pivot may have begun, and wasn't rejected, as far as its participant knows. */
  boolean mayHavePassedThePivot() {
    for (StepBook step : steps) {
      if (step.plan.kind() == StepKind.PIVOT) {
        return step.mayHaveEffect();
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "saga " + number + " (" + blueprint.definition() + ")";
  }
}
