package io.sagaflow.testkit.model;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.machine.Direction;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StuckCause;
import io.sagaflow.testkit.simulation.Witness;
import io.sagaflow.testkit.simulation.WitnessedRun;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the traces of the simulator's runs, reduced to what the model has: sagas that were taken
 * over too often are left out, as the model has no limits, and so is what a doubled request does
 * that changes nothing.
 */
final class SimulatedTraces implements Witness {

  private final Set<SagaId> beyondTheModel = new HashSet<>();
  private @Nullable TraceRecorder recorder;
  private @Nullable Handling last;

  private record Handling(SagaId saga, Direction direction, String step, int effects) {}

  /** The traces of a seed's sagas. */
  static List<List<TraceEvent>> of(long seed) {
    SimulatedTraces witness = new SimulatedTraces();
    WitnessedRun.run(seed, witness);
    return witness.recorder().tracesWithout(witness.beyondTheModel);
  }

  private TraceRecorder recorder() {
    if (recorder == null) {
      throw new IllegalStateException("The run hasn't begun");
    }
    return recorder;
  }

  @Override
  public void begins(SagaDefinition<Integer> definition) {
    recorder = new TraceRecorder(definition);
  }

  @Override
  public void started(SagaId saga, NodeId node) {
    recorder().started(saga, node);
  }

  @Override
  public void claimed(SagaId saga, NodeId node, boolean orphaned) {
    recorder().claimed(saga, node, orphaned);
  }

  @Override
  public void appended(
      SagaId saga, NodeId node, Supplier<List<StoredRecord>> journal, boolean released) {
    List<StoredRecord> rows = journal.get();
    String code = rows.get(rows.size() - 1).code();
    if (StuckCause.RECOVERED_TOO_OFTEN.name().equals(code)) {
      beyondTheModel.add(saga);
    }
    last = null;
    recorder().committed(saga, node, rows, released);
  }

  @Override
  public void evicted(NodeId node) {
    recorder().evicted(node);
  }

  @Override
  public void left(NodeId node) {
    recorder().left(node);
  }

  @Override
  public void called(SagaId saga, Direction direction, String step) {
    last = null;
    recorder().called(saga, direction, step);
  }

  @Override
  public void handled(SagaId saga, Direction direction, String step, int effects) {
    Handling handling = new Handling(saga, direction, step, effects);
    if (!handling.equals(last)) {
      recorder().handled(saga, direction, step, effects);
    }
    last = handling;
  }
}
