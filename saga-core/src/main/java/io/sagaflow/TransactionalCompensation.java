package io.sagaflow;

import java.sql.Connection;

/**
 * A compensation that is a transaction of the journal's database: it takes effect exactly once.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
@FunctionalInterface
public interface TransactionalCompensation<I, R> {

  /**
   * Runs one attempt. What it writes with the connection is committed together with the record of
   * its success, or not at all.
   *
   * @param context the saga's input and results
   * @param connection the transaction's connection; not to be committed, rolled back or closed
   * @throws Exception anything; the transaction is rolled back, and the compensation tried again
   */
  void run(CompensationContext<I, R> context, Connection connection) throws Exception;

  /**
   * Runs one attempt in a transaction.
   *
   * @param context the saga's input and results
   * @param transaction the transaction
   * @throws Exception as for {@link #run}
   */
  default void runIn(CompensationContext<I, R> context, LocalTransaction transaction)
      throws Exception {
    run(context, transaction.connection());
  }
}
