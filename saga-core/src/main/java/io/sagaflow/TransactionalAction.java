package io.sagaflow;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A step's forward transaction that is a transaction of the journal's database: it takes effect
 * exactly once.
 *
 * @param <I> the saga's input
 * @param <R> the step's result
 */
@FunctionalInterface
public interface TransactionalAction<I, R> {

  /**
   * Runs one attempt. What it writes with the connection is committed together with the record of
   * its success, or not at all.
   *
   * @param context the saga's input and earlier results
   * @param connection the transaction's connection; not to be committed, rolled back or closed
   * @return the step's result, journaled; null for none
   * @throws Exception anything; the transaction is rolled back, so nothing took effect. A type
   *     named by {@code rejectedBy}, or {@link StepRejectedException}, isn't tried again
   */
  @Nullable R run(ActionContext<I> context, Connection connection) throws Exception;

  /**
   * Runs one attempt in a transaction.
   *
   * @param context the saga's input and earlier results
   * @param transaction the transaction
   * @return the step's result
   * @throws Exception as for {@link #run}
   */
  default @Nullable R runIn(ActionContext<I> context, LocalTransaction transaction)
      throws Exception {
    return run(context, transaction.connection());
  }
}
