package io.sagaflow.testkit.database;

/** What a database may be made without, to show that somebody would notice. */
public enum Guard {
  /** A batch looks whether its node has a lease. */
  FENCE,
  /** It holds the fence until it is committed, so that an eviction waits for it. */
  FENCE_HELD
}
