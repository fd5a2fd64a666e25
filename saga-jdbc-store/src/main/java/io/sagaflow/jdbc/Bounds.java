package io.sagaflow.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Bounds for a transaction of several statements. A process that freezes between two of them - it
 * is stopped, swapped out, cut off - would keep its locks for as long as the server keeps its
 * session, and others wait for these: whoever evicts it, starts a saga under the same key, or joins
 * under the same name. So the server ends a session that is idle in such a transaction, and ends
 * waits for locks, which otherwise only the frozen client's timer would.
 *
 * <p>They hold for the transaction alone, and leave nothing in the session. They go ahead of its
 * first statement, with which they are sent: they cost no round trip.
 */
enum Bounds {
  /** For what is asked again soon anyway, and may keep others waiting while it waits. */
  SHORT_WAITS("2s"),
  /**
   * For what should rather wait than fail: as long as any statement may take, and so until a frozen
   * session in its way has been ended.
   */
  LONG_WAITS(Database.STATEMENT_TIMEOUT_SECONDS + "s");

  private final String settings;

  Bounds(String waits) {
    this.settings =
        "SELECT set_config('lock_timeout', '"
            + waits
            + "', true), set_config('idle_in_transaction_session_timeout', '5s', true);\n";
  }

  /** The first statement of a transaction, with these bounds for all of it. */
  String on(String first) {
    return settings + first;
  }

  /** Runs such a statement; its answer is then what the JDBC statement has to offer next. */
  static void execute(PreparedStatement bounded) throws SQLException {
    bounded.execute();
    bounded.getMoreResults();
  }
}
