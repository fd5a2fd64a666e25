package io.sagaflow.testkit.database;

import io.sagaflow.SagaId;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredSaga;

/**
 * Is told what is committed, at the moment of the commit, after the database has it. What a
 * repeated batch finds written already isn't told again.
 */
public interface CommitWatcher {

  /** Watches nothing. */
  CommitWatcher NONE = new CommitWatcher() {};

  /**
   * A saga was started.
   *
   * @param owner by whom
   * @param saga the saga
   */
  default void started(NodeId owner, NewSaga saga) {}

  /**
   * A saga was started within a transaction of a caller's. Nobody owns it yet.
   *
   * @param saga the saga
   */
  default void startedByCaller(NewSaga saga) {}

  /**
   * Something was appended.
   *
   * @param writer by whom
   * @param append what
   * @param owned whether the writer owned the saga; if not, its row didn't change, and only its
   *     journal did
   */
  default void appended(NodeId writer, SagaAppend append, boolean owned) {}

  /**
   * A saga was claimed.
   *
   * @param owner by whom
   * @param sagaId the saga
   * @param orphaned whether its former owner had died
   */
  default void claimed(NodeId owner, SagaId sagaId, boolean orphaned) {}

  /**
   * A saga was freed without an append: by a leave, as an orphan, or as given back after a claim in
   * doubt.
   *
   * @param owner its owner so far
   * @param sagaId the saga
   * @param orphaned whether it is an orphan now
   */
  default void freed(NodeId owner, SagaId sagaId, boolean orphaned) {}

  /**
   * A saga was deleted, which had ended.
   *
   * @param saga what was there of it
   */
  default void purged(StoredSaga saga) {}

  /**
   * A command was posted.
   *
   * @param command the command
   */
  default void posted(StoredCommand command) {}

  /**
   * A saga has asked for semantic locks.
   *
   * @param sagaId the saga
   * @param answer what came of it
   */
  default void asked(SagaId sagaId, LockAnswer answer) {}

  /**
   * A node joined.
   *
   * @param node its id
   * @param name its name
   */
  default void joined(NodeId node, String name) {}

  /**
   * A node renewed its lease.
   *
   * @param node its id
   */
  default void renewed(NodeId node) {}

  /**
   * A node has no lease any more: it was evicted, or superseded.
   *
   * @param node its id
   */
  default void evicted(NodeId node) {}

  /**
   * A node has given its lease back.
   *
   * @param node its id
   */
  default void left(NodeId node) {}
}
