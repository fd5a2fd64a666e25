package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;

/**
 * How many sagas of each status a store holds. Immutable.
 *
 * @param byStatus a count for every status
 */
public record SagaCounts(Map<SagaStatus, Count> byStatus) {

  /** Copies the map; what it lacks is counted as exactly 0. */
  public SagaCounts {
    Map<SagaStatus, Count> all = new EnumMap<>(SagaStatus.class);
    for (SagaStatus status : SagaStatus.values()) {
      all.put(status, requireNonNull(byStatus.getOrDefault(status, Count.NONE)));
    }
    byStatus = Map.copyOf(all);
  }

  /**
   * A number of sagas.
   *
   * @param value the number, not negative
   * @param exact whether it was counted; otherwise the store estimates it, which takes no longer
   *     for millions than for thousands
   */
  public record Count(long value, boolean exact) {

    static final Count NONE = new Count(0, true);

    /** Refuses negative numbers. */
    public Count {
      if (value < 0) {
        throw new IllegalArgumentException("value must not be negative; got " + value);
      }
    }

    @Override
    public String toString() {
      return exact ? Long.toString(value) : "about " + value;
    }
  }

  /**
   * Returns how many sagas have a status.
   *
   * @param status the status
   * @return the number
   */
  public Count of(SagaStatus status) {
    return byStatus.getOrDefault(requireNonNull(status, "status"), Count.NONE);
  }
}
