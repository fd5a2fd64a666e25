package io.sagaflow.testkit.model;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.StepDefinition;
import io.sagaflow.machine.Direction;
import io.sagaflow.machine.Plan;
import io.sagaflow.machine.PlannedStep;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.Trait;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.testkit.model.TraceEvent.Called;
import io.sagaflow.testkit.model.TraceEvent.Claimed;
import io.sagaflow.testkit.model.TraceEvent.Committed;
import io.sagaflow.testkit.model.TraceEvent.Evicted;
import io.sagaflow.testkit.model.TraceEvent.Handled;
import io.sagaflow.testkit.model.TraceEvent.Left;
import io.sagaflow.testkit.model.TraceEvent.Started;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the traces of sagas of one definition. Whoever can see it tells what happens, at the moment
 * at which it becomes true in the database or at a participant. For one thread.
 */
public final class TraceRecorder {

  private final SagaMachine machine;
  private final Map<SagaId, List<TraceEvent>> traces = new LinkedHashMap<>();

  /** Begins with no trace. Every step of the definition before its pivot has a compensation. */
  public TraceRecorder(SagaDefinition<?> definition) {
    DefinitionRef ref = new DefinitionRef(definition.name(), definition.version());
    List<PlannedStep> steps = definition.steps().stream().map(TraceRecorder::planned).toList();
    this.machine = new SagaMachine(new Plan(ref, steps, Integer.MAX_VALUE));
  }

  private static PlannedStep planned(StepDefinition<?, ?> step) {
    return new PlannedStep(
        step.name(),
        step.kind(),
        traits(step),
        step.after(),
        step.retry(),
        step.compensationRetry());
  }

  private static Set<Trait> traits(StepDefinition<?, ?> step) {
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    if (step.compensation().isPresent()) {
      traits.add(Trait.COMPENSATED);
    }
    if (step.atMostOnce()) {
      traits.add(Trait.AT_MOST_ONCE);
    }
    return traits;
  }

  /** The traces so far. */
  public List<List<TraceEvent>> traces() {
    return traces.values().stream().map(List::copyOf).toList();
  }

  /** The traces so far, but for some sagas. */
  List<List<TraceEvent>> tracesWithout(Set<SagaId> leftOut) {
    return traces.entrySet().stream()
        .filter(entry -> !leftOut.contains(entry.getKey()))
        .map(entry -> List.copyOf(entry.getValue()))
        .toList();
  }

  /** The start of a saga is in the database: not when it is found to exist. */
  public void started(SagaId saga, NodeId node) {
    traces.computeIfAbsent(saga, id -> new ArrayList<>()).add(new Started(node));
  }

  /** A claim is in the database, whether or not its node learns of it. */
  public void claimed(SagaId saga, NodeId node, boolean orphaned) {
    add(saga, new Claimed(node, orphaned));
  }

  /**
   * An append is in the database, of records or of a mere release: at its first commit, and not
   * when a repeat of it changed nothing. Takes the whole journal as it is then.
   */
  public void committed(SagaId saga, NodeId node, List<StoredRecord> journal, boolean released) {
    ModelState state = ModelState.of(machine.replay(RecordCodec.readAll(saga, journal)));
    add(saga, new Committed(node, state, released));
  }

  /** A node's rows were deleted by somebody else. */
  public void evicted(NodeId node) {
    addWhereKnown(node, new Evicted(node));
  }

  /** A node gave its lease and its sagas back. */
  public void left(NodeId node) {
    addWhereKnown(node, new Left(node));
  }

  /** User code begins. */
  public void called(SagaId saga, Direction direction, String step) {
    add(saga, new Called(direction, numberOf(step)));
  }

  /** A participant has done what it was called for, or its barrier kept it from doing so. */
  public void handled(SagaId saga, Direction direction, String step, int effects) {
    add(saga, new Handled(direction, numberOf(step), effects));
  }

  private int numberOf(String step) {
    return machine.plan().indexOf(step) + 1;
  }

  private void add(SagaId saga, TraceEvent event) {
    List<TraceEvent> trace = traces.get(saga);
    if (trace == null) {
      throw new IllegalStateException("Saga " + saga + " has not been started: " + event);
    }
    trace.add(event);
  }

  /** Only where the node ever had the saga: to the others it doesn't matter. */
  private void addWhereKnown(NodeId node, TraceEvent event) {
    for (List<TraceEvent> trace : traces.values()) {
      if (trace.stream().anyMatch(past -> past.about().equals(Optional.of(node)))) {
        trace.add(event);
      }
    }
  }
}
