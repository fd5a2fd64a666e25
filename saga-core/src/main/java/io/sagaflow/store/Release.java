package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A clean end of ownership: no call of the saga is open.
 *
 * @param wakeAt when any node may claim the saga; empty for only after a command
 * @param step the step on which the saga rests from now on, so that it is found by it: on which it
 *     is stuck, or for which it waits; empty for none, and for a saga that was stuck before to
 *     leave it at that
 * @param unlocks whether the saga ends, and its locks are released with that
 */
public record Release(Optional<Instant> wakeAt, Optional<String> step, boolean unlocks) {

  /** Refuses nulls. */
  public Release {
    requireNonNull(wakeAt, "wakeAt");
    requireNonNull(step, "step");
  }

  /**
   * Lets go until somebody asks something of the saga, or for ever.
   *
   * @return the release
   */
  public static Release untilCommand() {
    return new Release(Optional.empty(), Optional.empty(), false);
  }

  /**
   * Lets go until an instant.
   *
   * @param wakeAt when the saga is due again
   * @return the release
   */
  public static Release until(Instant wakeAt) {
    return new Release(Optional.of(wakeAt), Optional.empty(), false);
  }

  /**
   * Says on which step the saga rests.
   *
   * @param step its name
   * @return the changed release
   */
  public Release on(String step) {
    return new Release(wakeAt, Optional.of(step), unlocks);
  }

  /**
   * Says that the saga's locks are released, for it ends.
   *
   * @return the changed release
   */
  public Release unlocking() {
    return new Release(wakeAt, step, true);
  }
}
