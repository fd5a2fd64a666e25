package io.sagaflow;

import java.sql.Connection;

/**
 * A {@link TransactionalAction} of a step that has no result.
 *
 * @param <I> the saga's input
 */
@FunctionalInterface
public interface VoidTransactionalAction<I> {

  /**
   * Runs one attempt.
   *
   * @param context the saga's input and earlier results
   * @param connection the transaction's connection; not to be committed, rolled back or closed
   * @throws Exception as for {@link TransactionalAction#run}
   */
  void run(ActionContext<I> context, Connection connection) throws Exception;
}
