package io.sagaflow.store;

import java.time.Instant;
import java.util.Optional;

/**
 * A clean end of ownership: no call of the saga is open.
 *
 * @param wakeAt when any node may claim the saga; empty for only after a command
 */
public record Release(Optional<Instant> wakeAt) {

  /**
   * Lets go until somebody asks something of the saga, or for ever.
   *
   * @return the release
   */
  public static Release untilCommand() {
    return new Release(Optional.empty());
  }

  /**
   * Lets go until an instant.
   *
   * @param wakeAt when the saga is due again
   * @return the release
   */
  public static Release until(Instant wakeAt) {
    return new Release(Optional.of(wakeAt));
  }
}
