package io.sagaflow.chaos.audit;

import java.util.UUID;

/**
 * An invariant that doesn't hold.
 *
 * @param invariant which
 * @param saga in whose history
 * @param what what was seen
 */
public record Finding(Invariant invariant, UUID saga, String what) {

  @Override
  public String toString() {
    return invariant + " saga " + saga + ": " + what;
  }
}
