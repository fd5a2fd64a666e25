package io.sagaflow.chaos.audit;

import java.time.Instant;

/**
 * A call as it reached a participant.
 *
 * @param step whose call it is
 * @param action whether it is the action's; otherwise the compensation's
 * @param key its idempotency key
 * @param beganAt when its caller began it, by the machine's clock
 * @param excused whether its caller was stopped about then, so that nothing can be said of the time
 */
public record CallRow(String step, boolean action, String key, Instant beganAt, boolean excused) {

  boolean isActionOf(Plan.Step other) {
    return action && step.equals(other.name());
  }
}
