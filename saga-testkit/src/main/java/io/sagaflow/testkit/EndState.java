package io.sagaflow.testkit;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.util.List;
import java.util.Optional;

/**
 * How a trial's saga ended, and what its participants say that they did.
 *
 * @param outcome the outcome; empty if the saga hasn't ended
 * @param history its journal
 * @param entries the ledger's
 */
record EndState(
    Optional<SagaOutcome> outcome, List<SagaEvent> history, List<EffectLedger.Entry> entries) {

  EndState {
    history = List.copyOf(history);
    entries = List.copyOf(entries);
  }

  boolean is(SagaStatus status) {
    return outcome.map(SagaOutcome::status).filter(status::equals).isPresent();
  }

  Optional<String> reason() {
    return outcome.flatMap(SagaOutcome::reason);
  }

  boolean has(RecordKind kind, String step) {
    return history.stream()
        .anyMatch(event -> event.kind() == kind && event.step().filter(step::equals).isPresent());
  }

  /** The step on which the saga is stuck, if it is on one. */
  Optional<String> stuckOn() {
    return history.stream()
        .filter(event -> event.kind() == RecordKind.SAGA_STUCK)
        .reduce((first, second) -> second)
        .flatMap(SagaEvent::step);
  }
}
