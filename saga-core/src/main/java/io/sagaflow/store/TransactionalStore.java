package io.sagaflow.store;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaStoreException;
import io.sagaflow.TransactionRunner;

/**
 * What a {@link SagaStore} does within transactions that others fill. A part of the SPI for stores
 * whose tables lie in a database that users have data in, too; {@code TransactionalStoreContract}
 * in the test kit says what it must do.
 *
 * <p>{@link #start} and {@link #append} never commit and never roll back. Thread-safe, one thread
 * at a time for a transaction. Blocks at most for the store's timeout.
 */
public interface TransactionalStore {

  /**
   * Starts a saga that nobody owns and that is due, unless its definition's name has a saga of that
   * business key. It exists if and only if the transaction is committed.
   *
   * <p>Waits for another transaction that has started a saga of the same key and has neither been
   * committed nor rolled back.
   *
   * @param transaction the caller's
   * @param saga the saga
   * @return who has the key, as the transaction sees it
   * @throws IllegalArgumentException if the connection is in autocommit mode, read-only or closed;
   *     nothing was sent, so the transaction is unharmed
   * @throws JournalRefusedException if the store refuses this saga for good; the transaction can
   *     only be rolled back
   * @throws SagaStoreException if there is no answer, or another transaction was in the way; the
   *     transaction can only be rolled back
   */
  JoinedStart start(LocalTransaction transaction, NewSaga saga);

  /**
   * Appends to a saga's journal, as {@link SagaStore#append} does. It is durable if and only if the
   * transaction is committed. From here on until the transaction ends, nobody becomes the saga's
   * owner; before, nothing is locked.
   *
   * @param transaction somebody's
   * @param owner the node, the saga's owner
   * @param append what to write; one record at least
   * @throws NodeFencedException if the node isn't the saga's owner any more; nothing was written,
   *     and the transaction has to be rolled back
   * @throws IllegalArgumentException as for {@link #start}
   * @throws JournalRefusedException if the store refuses the records for good; the transaction can
   *     only be rolled back
   * @throws SagaStoreException if there is no answer; the transaction can only be rolled back
   */
  void append(LocalTransaction transaction, NodeId owner, SagaAppend append);

  /**
   * Says whether the transaction of an append was committed. If it is still under way, although the
   * one who began it got no answer, this waits for its end.
   *
   * @param append what was appended
   * @return whether it is durable; if not, it never will be
   * @throws SagaStoreException if there is no answer
   */
  boolean isAppended(SagaAppend append);

  /**
   * Returns what begins transactions on the store's own connections.
   *
   * @return the runner
   */
  TransactionRunner runner();
}
