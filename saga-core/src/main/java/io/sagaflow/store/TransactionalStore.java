package io.sagaflow.store;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaStoreException;

/**
 * What a {@link SagaStore} does within transactions that it didn't begin. A part of the SPI for
 * stores whose tables lie in a database that users have data in, too; {@code
 * TransactionalStoreContract} in the test kit says what it must do.
 *
 * <p>It never commits, and never rolls back. Thread-safe, one thread at a time for a transaction.
 * Blocks at most for the store's timeout.
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
}
