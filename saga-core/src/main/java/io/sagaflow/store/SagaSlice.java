package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaId;
import java.util.Comparator;
import java.util.Optional;

/**
 * A range of ids, which are in the order of the sagas' starts, and how much of it to take.
 *
 * @param above the ids begin behind this one; empty for no bound
 * @param below the ids end before this one; empty for no bound
 * @param descending whether to begin at the upper end
 * @param limit how many sagas at most, at least 1
 */
public record SagaSlice(
    Optional<SagaId> above, Optional<SagaId> below, boolean descending, int limit) {

  /** Refuses nulls, and limits below 1. */
  public SagaSlice {
    requireNonNull(above, "above");
    requireNonNull(below, "below");
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1; got " + limit);
    }
  }

  /**
   * Returns whether an id is in the range.
   *
   * @param id the id
   * @return whether it is
   */
  public boolean contains(SagaId id) {
    return above.map(bound -> id.compareTo(bound) > 0).orElse(true)
        && below.map(bound -> id.compareTo(bound) < 0).orElse(true);
  }

  /**
   * Returns the order in which the range is gone through.
   *
   * @return the order
   */
  public Comparator<SagaId> order() {
    return descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
  }

  /**
   * Returns what is left of the range when it was gone through up to an id.
   *
   * @param last the id
   * @return the rest
   */
  public SagaSlice behind(SagaId last) {
    return descending
        ? new SagaSlice(above, Optional.of(last), true, limit)
        : new SagaSlice(Optional.of(last), below, false, limit);
  }
}
