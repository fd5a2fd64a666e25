package io.sagaflow;

import java.sql.Connection;
import java.util.function.Consumer;

/**
 * Runs transactions for {@linkplain StepBuilder#transactional transactional} steps. Without one,
 * the coordinator uses the store's own connections; a framework that manages transactions is
 * adapted in a line:
 *
 * <pre>{@code
 * TransactionRunner spring =
 *     body -> template.executeWithoutResult(
 *         status -> body.run(DataSourceUtils.getConnection(dataSource)));
 * }</pre>
 *
 * <p>Called by many threads at a time. Whether a transaction was committed is read back from the
 * store, so that one that was rolled back in silence isn't believed.
 */
@FunctionalInterface
public interface TransactionRunner {

  /**
   * Begins a transaction in the store's database, runs the body once on the calling thread, commits
   * if it returned, and rolls back if it threw anything.
   *
   * @param body what is to be done within the transaction
   * @throws Exception what the body threw, let through; or why there was no transaction, or none
   *     was committed
   */
  void run(TransactionBody body) throws Exception;

  /**
   * Runs a body that takes the connection for a {@link LocalTransaction}.
   *
   * @param body what is to be done within the transaction
   * @throws Exception as for {@link #run}
   */
  default void runIn(Consumer<LocalTransaction> body) throws Exception {
    run(connection -> body.accept(new LocalTransaction(connection)));
  }

  /** What is to be done within a transaction. */
  @FunctionalInterface
  interface TransactionBody {

    /**
     * Does it. Throws only unchecked exceptions, and each of them demands a rollback.
     *
     * @param connection the transaction's connection; not in autocommit mode
     */
    void run(Connection connection);
  }
}
