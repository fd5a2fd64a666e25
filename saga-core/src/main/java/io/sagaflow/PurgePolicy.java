package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which ended sagas are deleted, and how often it is looked for them. Immutable: each method
 * returns a changed copy.
 *
 * <p>A saga is deleted with its journal and whatever its inbox holds; from then on nothing of it is
 * known, and its business key may be started anew. Sagas that run or are stuck are never deleted,
 * nor are child sagas before their outermost parent has ended.
 *
 * @param keep how long ended sagas are kept, from their end on, by the clock of the node that ended
 *     them; from a minute to 100 years
 * @param statuses which ended sagas are deleted; {@code COMPLETED}, {@code COMPENSATED} or both
 * @param every how often each coordinator looks, with a tenth of it left to chance; from a second
 *     to a day
 * @param batch how many sagas are deleted in one transaction, from 1 to 10,000
 */
public record PurgePolicy(Duration keep, Set<SagaStatus> statuses, Duration every, int batch) {

  private static final Duration SHORTEST_KEEP = Duration.ofMinutes(1);
  private static final Duration LONGEST_KEEP = Duration.ofDays(36_525);
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);
  private static final int LARGEST_BATCH = 10_000;

  /** Copies the set; refuses what isn't possible. */
  public PurgePolicy {
    within(keep, SHORTEST_KEEP, LONGEST_KEEP, "keepFor");
    within(every, SHORTEST_PAUSE, LONGEST_PAUSE, "every");
    statuses = Set.copyOf(statuses);
    if (statuses.isEmpty()) {
      throw new IllegalArgumentException("statuses must name at least one status");
    }
    for (SagaStatus status : statuses) {
      if (!status.isTerminal()) {
        throw new IllegalArgumentException(
            "Only sagas that have ended can be purged, COMPLETED or COMPENSATED; got " + status);
      }
    }
    if (batch < 1 || batch > LARGEST_BATCH) {
      throw new IllegalArgumentException("batch must be from 1 to 10,000; got " + batch);
    }
  }

  /**
   * Deletes sagas of both ends after a time; looks every ten minutes, and deletes 500 at a time.
   *
   * @param keep how long ended sagas are kept, from a minute to 100 years
   * @return the policy
   * @throws IllegalArgumentException if it isn't in that range
   */
  public static PurgePolicy keepFor(Duration keep) {
    return new PurgePolicy(
        keep,
        EnumSet.of(SagaStatus.COMPLETED, SagaStatus.COMPENSATED),
        Duration.ofMinutes(10),
        500);
  }

  /**
   * Deletes sagas of some ends only.
   *
   * @param first {@code COMPLETED} or {@code COMPENSATED}
   * @param more the other one
   * @return the changed policy
   * @throws IllegalArgumentException for a status that isn't an end
   */
  public PurgePolicy statuses(SagaStatus first, SagaStatus... more) {
    return new PurgePolicy(keep, EnumSet.of(first, more), every, batch);
  }

  /**
   * Sets how often each coordinator looks for sagas to delete.
   *
   * @param pause from a second to a day
   * @return the changed policy
   * @throws IllegalArgumentException if it isn't in that range
   */
  public PurgePolicy every(Duration pause) {
    return new PurgePolicy(keep, statuses, pause, batch);
  }

  /**
   * Sets how many sagas are deleted in one transaction.
   *
   * @param sagas from 1 to 10,000
   * @return the changed policy
   * @throws IllegalArgumentException if it isn't in that range
   */
  public PurgePolicy batchOf(int sagas) {
    return new PurgePolicy(keep, statuses, every, sagas);
  }

  private static void within(Duration value, Duration least, Duration most, String name) {
    requireNonNull(value, name);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + "; got " + value);
    }
  }
}
