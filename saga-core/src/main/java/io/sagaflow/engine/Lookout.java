package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks the store about watched sagas that this node doesn't drive. */
final class Lookout {

  private final World world;
  private final ExpectedSagas expected;

  Lookout(World world, ExpectedSagas expected) {
    this.world = world;
    this.expected = expected;
  }

  /** Also about sagas whose transactions may have been committed: others may have claimed them. */
  void look(Set<SagaId> watched) {
    Set<SagaId> awaited = expected.snapshot(); // before the store is asked: they may arrive now
    Set<SagaId> asked = new HashSet<>(awaited);
    asked.addAll(watched);
    List<SagaId> elsewhere = asked.stream().filter(id -> !world.lives().node().owns(id)).toList();
    if (elsewhere.isEmpty() || !world.lives().isOpen()) {
      return;
    }
    Map<SagaId, SagaStatus> statuses = world.store().statuses(elsewhere);
    expected.saw(statuses.keySet());
    missing(elsewhere, statuses, awaited)
        .forEach(id -> world.watchers().fail(id, Archive.unknown(id)));
    statuses.forEach(
        (id, status) -> {
          if (status.isSettled() && watched.contains(id)) {
            tellOutcome(id);
          }
        });
  }

  /** Those that have ended and were forgotten by the store, or whose start was rolled back. */
  private static List<SagaId> missing(
      Collection<SagaId> asked, Map<SagaId, SagaStatus> found, Set<SagaId> awaited) {
    return asked.stream().filter(id -> !found.containsKey(id) && !awaited.contains(id)).toList();
  }

  private void tellOutcome(SagaId sagaId) {
    try {
      SagaOutcome outcome = world.archive().outcome(sagaId);
      if (outcome.status().isSettled()) { // or an operator has just sent it on
        world.watchers().ended(outcome);
      }
    } catch (IllegalArgumentException e) { // just forgotten
      world.watchers().fail(sagaId, e);
    }
  }
}
