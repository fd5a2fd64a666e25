package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of one saga: the oracles' own idea of it, made of nothing that the engine says. */
final class SagaBook {

  private static final int FIRST_CHILD = 12_000;

  private final SimulatedPayloads payloads;
  final int number;

  /** How often it would have waited for itself, by way of others. */
  int deadlocks;

  final Blueprint blueprint;
  final SagaId id;
  final String businessKey;
  final List<StepBook> steps = new ArrayList<>();
  final List<Invocation> running = new ArrayList<>(1);

  /** By the clock of whoever started it. */
  final Instant startedAt;

  /** The saga whose step it is, if it is a child. */
  @Nullable SagaBook parent;

  private final boolean waits;

  @Nullable NodeId owner;

  /** Counts the ownerships: a call knows under which it began. */
  int epoch;

  SagaStatus status = SagaStatus.RUNNING;
  long seq;
  boolean turned;

  /** Whether it was forced forward, so that its deadline has no say any more. */
  boolean forced;

  boolean ended;

  /** When it ended, by the clock of whoever wrote that. */
  @Nullable Instant endedAt;

  /** Whether it is gone from the database. */
  boolean purged;

  /** Whether somebody was told that it was started. */
  boolean acknowledged;

  /** What was asked of it and isn't consumed yet, by number. */
  final Map<Long, StoredCommand> inbox = new TreeMap<>();

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

  SagaBook(
      int number,
      Blueprint blueprint,
      SagaHeader header,
      Instant startedAt,
      SimulatedPayloads payloads) {
    this.payloads = payloads;
    this.startedAt = startedAt;
    this.number = number;
    this.blueprint = blueprint;
    this.id = header.id();
    this.businessKey = header.businessKey();
    for (StepPlan plan : blueprint.steps()) {
      steps.add(new StepBook(plan));
    }
    this.waits = blueprint.steps().stream().anyMatch(StepPlan::isWait);
  }

  /** What a record of a step brings; null if that is nothing. */
  @Nullable Integer numberIn(StoredRecord row) {
    return payloads.result(id, row);
  }

  /** The input of a child is the number by which it is known here. */
  static int numberOfChild(int parent, StepPlan step) {
    return FIRST_CHILD + parent * Blueprint.MOST_STEPS + step.index();
  }

  /** The step of its parent that a child is. */
  StepBook stepOf(SagaBook child) {
    return steps.get((child.number - FIRST_CHILD) % Blueprint.MOST_STEPS);
  }

  StepBook step(String name) {
    return steps.get(Blueprint.indexOf(name));
  }

  /** The commands that an append consumes. */
  List<StoredCommand> asked(SagaAppend append) {
    List<StoredCommand> asked = new ArrayList<>(append.consumed().size());
    for (long id : append.consumed()) {
      StoredCommand command = inbox.get(id);
      if (command != null) {
        asked.add(command);
      }
    }
    return asked;
  }

  /** What is known of the signal that a command brings. */
  SignalBook signal(StoredCommand command) {
    return step(String.valueOf(command.step())).signal;
  }

  /** Notes which waits have begun with a record of that time. */
  void noteTurns(Instant at) {
    if (!waits || turned) {
      return;
    }
    for (StepBook step : steps) {
      if (step.plan.isWait() && step.turnAt == null && isTurn(step)) {
        step.turnAt = at;
      }
    }
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
    return steps.stream().anyMatch(StepBook::hasFailed);
  }

  /** Whether the pivot may have begun, and wasn't rejected, as far as its participant knows. */
  boolean mayHavePassedThePivot() {
    for (StepBook step : steps) {
      if (step.plan.kind() == StepKind.PIVOT) {
        boolean deniedByAnOperator = step.told && step.journaled == StepBook.Journaled.REJECTED;
        return step.journaled == StepBook.Journaled.COMPLETED
            || (step.mayHaveEffect() && !deniedByAnOperator);
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "saga " + number + " (" + blueprint.definition() + ")";
  }
}
