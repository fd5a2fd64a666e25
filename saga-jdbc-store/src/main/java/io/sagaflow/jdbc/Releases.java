package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.store.SagaAppend;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sagas whose release is on its way to the database. It may be committed there before its lane
 * knows, and be repeated. Were the saga claimed by this process in between, the repeat would find
 * it owned by the same node as before, and take it from its new driver. So it isn't claimed here
 * until the lane knows; other nodes may claim it at once, since a repeat doesn't touch what is
 * theirs.
 */
final class Releases {

  private final Set<SagaId> underWay = ConcurrentHashMap.newKeySet();

  /** Notes a release before it is queued; the write says when it has been settled. */
  Write noted(Write write, SagaAppend append) {
    if (append.release().isPresent()) {
      underWay.add(append.sagaId());
      write.whenSettled(() -> underWay.remove(append.sagaId()));
    }
    return write;
  }

  /** Which they are now. */
  Set<SagaId> underWay() {
    return Set.copyOf(underWay);
  }

  /** Whether one of these is among them. */
  boolean isAnyOf(Collection<SagaId> sagaIds) {
    return !Collections.disjoint(underWay, sagaIds);
  }
}
