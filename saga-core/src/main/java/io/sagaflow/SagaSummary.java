package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A saga in a list: what is known of it without reading its journal. Immutable.
 *
 * @param id its id
 * @param definition the name of its definition
 * @param version the version of that definition
 * @param businessKey what it is about
 * @param status its status when it was listed
 * @param step the step on which it rests: on which it is stuck, or for whose next attempt it is
 *     parked; empty while a node drives it, and for a saga that has ended or is stuck on no step
 * @param endedAt when it ended, by the clock of the node that ended it; empty for one that hasn't
 */
public record SagaSummary(
    SagaId id,
    String definition,
    int version,
    String businessKey,
    SagaStatus status,
    Optional<String> step,
    Optional<Instant> endedAt) {

  /** Refuses nulls. */
  public SagaSummary {
    requireNonNull(id, "id");
    requireNonNull(definition, "definition");
    requireNonNull(businessKey, "businessKey");
    requireNonNull(status, "status");
    requireNonNull(step, "step");
    requireNonNull(endedAt, "endedAt");
  }

  /**
   * Returns when the saga was started, to the millisecond: its id holds it.
   *
   * @return the time of the start, by the clock of the node that started it
   */
  public Instant startedAt() {
    return id.madeAt();
  }
}
