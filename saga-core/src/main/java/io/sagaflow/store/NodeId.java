package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.UUID;

/**
 * One life of a coordinator in a store. A coordinator that joins again gets a new one: an id that
 * lost its lease never gets it back.
 *
 * @param value the UUID
 */
public record NodeId(UUID value) implements Serializable {

  /** Refuses null. */
  public NodeId {
    requireNonNull(value, "value");
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
