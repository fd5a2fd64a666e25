package io.sagaflow.machine;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What a saga's owner knows beside the journal.
 *
 * @param running the steps of which a call is running
 * @param resting the steps that wait for something outside, and when each looks for it again
 */
public record Underway(Set<Integer> running, Map<Integer, Instant> resting) {

  /** Nothing runs, and nothing rests. */
  public static final Underway NOTHING = new Underway(Set.of(), Map.of());
}
