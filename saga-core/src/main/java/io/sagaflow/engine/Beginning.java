package io.sagaflow.engine;

import io.sagaflow.store.Fact;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import java.util.List;

/**
 * With what a saga begins on a node.
 *
 * @param untold records in its journal of which listeners are still to be told: by its actor and
 *     not where they became durable, which may be the thread on which the store writes, and a
 *     listener may start another saga
 * @param facts what is to be journaled first
 * @param commands what waits for an answer
 */
record Beginning(List<StoredRecord> untold, List<Fact> facts, List<StoredCommand> commands) {

  static Beginning startedWith(StoredRecord first) {
    return new Beginning(List.of(first), List.of(), List.of());
  }
}
