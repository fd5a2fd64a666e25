package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * What a step waits for that has no action.
 *
 * @param kind what it waits for
 * @param time of a sleep, how long it takes; of a signal, how long it is waited for, empty for ever
 */
public record Pause(Kind kind, Optional<Duration> time) {

  /** What a step may wait for. */
  public enum Kind {
    /** A value that somebody sends. */
    SIGNAL,
    /** Time. */
    SLEEP
  }

  /** Refuses nulls. */
  public Pause {
    requireNonNull(kind, "kind");
    requireNonNull(time, "time");
  }
}
