package io.sagaflow.testkit.database;

/** What a client has to do with the database: one statement or one transaction. */
public enum Exchange {
  /** Writes of the lane, one statement. */
  BATCH,
  /** A claim, and the giving back of a claim in doubt before it; each a transaction. */
  CLAIM,
  /** A renewal of a lease, one statement. */
  HEARTBEAT,
  /** A join, one transaction. */
  JOIN,
  /** An eviction, one statement. */
  EVICT,
  /** The freeing of dead nodes' sagas, one statement. */
  RELEASE_ORPHANS,
  /** A leave, one transaction. */
  LEAVE,
  /** A command, one statement. */
  POST,
  /** The deletion of ended sagas, one transaction. */
  PURGE,
  /** A request for semantic locks, one transaction. */
  LOCK,
  /** An append, or a start, in a transaction in which a user writes, too, and its commit. */
  TRANSACTION,
  /** Whatever only reads. */
  READ;

  /**
   * Whether it is a transaction of several statements. That one is aborted when its client goes
   * before it has asked for the commit, whereas a single statement that has reached the database is
   * carried out.
   */
  boolean isTransaction() {
    return switch (this) {
      case CLAIM, JOIN, LEAVE, PURGE, LOCK, TRANSACTION -> true;
      case BATCH, HEARTBEAT, EVICT, RELEASE_ORPHANS, POST, READ -> false;
    };
  }
}
