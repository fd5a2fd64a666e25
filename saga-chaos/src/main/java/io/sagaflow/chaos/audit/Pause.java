package io.sagaflow.chaos.audit;

import java.time.Instant;

/**
 * A time in which a caller's process was stopped.
 *
 * @param caller who
 * @param from from when
 * @param to until when
 */
public record Pause(String caller, Instant from, Instant to) {

  /** Permitted before it was stopped, begun after it went on: nobody could have told it. */
  boolean excuses(String otherCaller, Instant beganAt) {
    return caller.equals(otherCaller)
        && !beganAt.isBefore(from.minusSeconds(1))
        && !beganAt.isAfter(to.plusSeconds(1));
  }
}
