package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.machine.Direction;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sees what can be seen of a run from outside, at the moment at which it becomes true in the
 * database or at a participant. Is told nothing by default.
 */
public interface Witness {

  /** Sees nothing. */
  Witness NOBODY = new Witness() {};

  /**
   * The run begins.
   *
   * @param definition of its sagas
   */
  default void begins(SagaDefinition<Integer> definition) {}

  /**
   * A saga was started.
   *
   * @param saga the saga
   * @param node by whom
   */
  default void started(SagaId saga, NodeId node) {}

  /**
   * A saga was claimed.
   *
   * @param saga the saga
   * @param node by whom
   * @param orphaned whether its former owner had died
   */
  default void claimed(SagaId saga, NodeId node, boolean orphaned) {}

  /**
   * Something was appended.
   *
   * @param saga the saga
   * @param node by whom
   * @param journal reads all of it
   * @param released whether nobody owns the saga now
   */
  default void appended(
      SagaId saga, NodeId node, Supplier<List<StoredRecord>> journal, boolean released) {}

  /**
   * A node lost its lease.
   *
   * @param node the node
   */
  default void evicted(NodeId node) {}

  /**
   * A node gave its lease back.
   *
   * @param node the node
   */
  default void left(NodeId node) {}

  /**
   * A call began.
   *
   * @param saga the saga
   * @param direction of an action or a compensation
   * @param step the step
   */
  default void called(SagaId saga, Direction direction, String step) {}

  /**
   * A participant has dealt with a call.
   *
   * @param saga the saga
   * @param direction of an action or a compensation
   * @param step the step
   * @param effects how often the step's effect stands now
   */
  default void handled(SagaId saga, Direction direction, String step, int effects) {}
}
