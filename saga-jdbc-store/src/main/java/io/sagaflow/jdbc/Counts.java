package io.sagaflow.jdbc;

import io.sagaflow.SagaCounts;
import io.sagaflow.SagaCounts.Count;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.SagasInFlight;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts sagas up to a bound, and takes what is beyond from the planner: it estimates how many rows
 * a query has from the size of the table and a sample of it that autovacuum keeps.
 */
final class Counts {

  /** Up to how many sagas are counted. */
  static final int EXACT = 10_000;

  private static final Pattern ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");
  private static final Set<SagaStatus> IN_FLIGHT =
      EnumSet.of(SagaStatus.RUNNING, SagaStatus.COMPENSATING, SagaStatus.STUCK);

  private final Tables tables;
  private final Groups groups;

  Counts(Tables tables, Groups groups) {
    this.tables = tables;
    this.groups = groups;
  }

  SagaCounts byStatus(Connection connection) throws SQLException {
    Map<SagaStatus, Count> counts = new EnumMap<>(SagaStatus.class);
    for (SagaStatus status : SagaStatus.values()) {
      counts.put(
          status,
          status == SagaStatus.COMPLETED ? completed(connection) : counted(connection, status));
    }
    return new SagaCounts(counts);
  }

  private Count counted(Connection connection, SagaStatus status) throws SQLException {
    String sagas = "SELECT FROM ${t}instance WHERE status = '" + status + "'";
    long counted = number(connection, bounded(sagas));
    return counted <= EXACT ? new Count(counted, true) : estimated(connection, sagas);
  }

  /** They have no index to count them by, so they are counted if all sagas together are few. */
  private Count completed(Connection connection) throws SQLException {
    String sagas = "SELECT FROM ${t}instance WHERE status = 'COMPLETED'";
    boolean few = number(connection, bounded("SELECT FROM ${t}instance ORDER BY id")) <= EXACT;
    return few
        ? new Count(number(connection, "SELECT count(*) FROM (" + sagas + ") s"), true)
        : estimated(connection, sagas);
  }

  private static String bounded(String sagas) {
    return "SELECT count(*) FROM (" + sagas + " LIMIT " + (EXACT + 1) + ") s";
  }

  private long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, tables.fill(sql));
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private Count estimated(Connection connection, String sagas) throws SQLException {
    String sql = tables.fill("EXPLAIN (FORMAT JSON) " + sagas);
    try (PreparedStatement statement = Database.prepare(connection, sql);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      String plan = rows.getString(1);
      Matcher found = ROWS.matcher(plan);
      if (!found.find()) {
        throw new SQLException("The plan tells no number of rows: " + plan);
      }
      return new Count(Long.parseLong(found.group(1)), false);
    }
  }

  /** Counted group by group; a version is in as many groups as its sagas have statuses. */
  List<SagasInFlight> inFlight(Connection connection) throws SQLException {
    Query query = groups.begin(IN_FLIGHT, Optional.empty());
    query.add("SELECT g.definition, g.version, sum(n.sagas), bool_and(n.sagas <= " + EXACT + ")");
    query.add(" FROM groups g CROSS JOIN LATERAL (SELECT count(*) AS sagas FROM (SELECT");
    query.add(" FROM ${t}instance i WHERE i.status <> 'COMPLETED' AND i.status = g.status");
    query.add(" AND i.definition = g.definition AND i.version = g.version");
    query.add(
        " ORDER BY i.id LIMIT "
            + (EXACT + 1)
            + ") s) n GROUP BY g.definition, g.version ORDER BY 1, 2");
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      List<SagasInFlight> found = new ArrayList<>();
      while (rows.next()) {
        found.add(
            new SagasInFlight(
                new DefinitionRef(rows.getString(1), rows.getInt(2)),
                new Count(rows.getLong(3), rows.getBoolean(4))));
      }
      return found;
    }
  }
}
