package io.sagaflow.jdbc;

import java.sql.PreparedStatement;

/**
 * Lets the planner read along indexes only. Where a query wants the first rows of an order that an
 * index has, it would else sometimes collect and sort all of them, since it takes the rows of an
 * index for scattered; that is a little quicker for few rows, and without a bound for many.
 */
final class IndexOrder {

  /** Ends with the transaction, so that nothing is left in the connection. */
  static final String SETTINGS =
      "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)";

  private IndexOrder() {}

  /** Runs one transaction that reads so. */
  static <T> T read(Database database, String doing, Database.Work<T> work) {
    return database.transaction(
        doing,
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, SETTINGS)) {
            statement.execute();
          }
          return work.with(connection);
        });
  }
}
