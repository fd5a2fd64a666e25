package io.sagaflow.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Makes many sagas of one that a coordinator has really run: copies of all its rows, in every table
 * that has some, which differ in the saga's id and business key only. So they are what the engine
 * would have left, whatever that is; writing a million of them through it would take hours.
 *
 * <p>The ids are time-ordered, from the year 2025 on.
 */
final class CopiedSagas {

  private static final long FIRST_MILLIS = 1_735_689_600_000L;
  private static final int AT_ONCE = 20_000;

  private static final String TABLES =
      """
      SELECT table_name FROM information_schema.columns
      WHERE table_schema = ? AND table_name IN (
              SELECT table_name FROM information_schema.tables
              WHERE table_schema = ? AND table_type = 'BASE TABLE')
        AND (column_name = 'saga_id' OR table_name = 'saga_instance' AND column_name = 'id')
        AND table_name NOT IN ('saga_inbox', 'saga_lock')
      ORDER BY table_name
      """;

  private static final String COLUMNS =
      """
      SELECT column_name FROM information_schema.columns
      WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position
      """;

  private final Connection connection;
  private final String schema;

  CopiedSagas(Connection connection, String schema) {
    this.connection = connection;
    this.schema = schema;
  }

  /**
   * Which copies: their keys are the name and a number from 1.
   *
   * @param name 1 to 20 lower-case letters and digits
   * @param count how many
   */
  record Series(String name, int count) {

    String key(int number) {
      return name + "-" + number;
    }

    /** The first 48 bits tell the time, of which a millisecond has 16 sagas; then the version. */
    private String idOf(String number) {
      String hash = "md5('" + name + "-' || " + number + ")";
      return ("(lpad(to_hex(" + FIRST_MILLIS + " + " + number + " / 16), 12, '0')")
          + (" || '7' || substr(" + hash + ", 1, 3)")
          + (" || '8' || substr(" + hash + ", 4, 15))::uuid");
    }
  }

  void copy(UUID saga, Series series, ClosedLoop.Progress progress) throws SQLException {
    List<String> statements = new ArrayList<>();
    for (String table : strings(TABLES, schema, schema)) {
      statements.add(statement(table, series));
    }
    for (int from = 1; from <= series.count(); from += AT_ONCE) {
      int to = Math.min(series.count(), from + AT_ONCE - 1);
      for (String statement : statements) {
        copy(statement, saga, from, to);
      }
      progress.out().printf("%-24s %,d sagas%n", progress.name(), to);
    }
  }

  private String statement(String table, Series series) throws SQLException {
    List<String> columns = strings(COLUMNS, schema, table);
    String idColumn = columns.contains("saga_id") ? "saga_id" : "id";
    String values =
        columns.stream()
            .map(column -> value(column, idColumn, series))
            .collect(Collectors.joining(", "));
    return ("INSERT INTO " + schema + "." + table + " (" + String.join(", ", columns) + ")")
        + (" SELECT " + values + " FROM generate_series(?, ?) AS s(number)")
        + (" CROSS JOIN " + schema + "." + table + " t WHERE t." + idColumn + " = ?")
        + (" ORDER BY s.number" + (columns.contains("seq") ? ", t.seq" : ""));
  }

  private static String value(String column, String idColumn, Series series) {
    if (column.equals(idColumn)) {
      return series.idOf("s.number");
    }
    return column.equals("business_key") ? "'" + series.name() + "-' || s.number" : "t." + column;
  }

  private void copy(String sql, UUID saga, int from, int to) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, from);
      statement.setInt(2, to);
      statement.setObject(3, saga);
      statement.executeUpdate();
    }
  }

  private List<String> strings(String sql, String... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      List<String> strings = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          strings.add(rows.getString(1));
        }
      }
      return strings;
    }
  }
}
