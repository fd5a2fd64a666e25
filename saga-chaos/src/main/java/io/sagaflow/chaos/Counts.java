package io.sagaflow.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many sagas are in which status.
 *
 * @param byStatus the numbers
 * @param naps how many of those under way are parked for long, and so don't count as load
 */
record Counts(Map<String, Long> byStatus, long naps) {

  private static final String QUERY =
      """
      SELECT status, count(*), count(*) FILTER (WHERE definition = 'nap')
      FROM saga_instance GROUP BY status
      """;

  Counts {
    byStatus = Map.copyOf(byStatus);
  }

  static Counts read(Connection connection) throws SQLException {
    Map<String, Long> numbers = new HashMap<>();
    long naps = 0;
    for (List<String> row : Sql.rows(connection, QUERY)) {
      numbers.put(row.get(0), Long.parseLong(row.get(1)));
      naps += isUnderWay(row.get(0)) ? Long.parseLong(row.get(2)) : 0;
    }
    return new Counts(numbers, naps);
  }

  private static boolean isUnderWay(String status) {
    return status.equals("RUNNING") || status.equals("COMPENSATING");
  }

  long of(String status) {
    return byStatus.getOrDefault(status, 0L);
  }

  long ended() {
    return of("COMPLETED") + of("COMPENSATED");
  }

  long underWay() {
    return of("RUNNING") + of("COMPENSATING");
  }

  /** What the clients wait for before they start more. */
  long load() {
    return underWay() - naps;
  }
}
