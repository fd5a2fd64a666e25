package io.sagaflow.benchmarks;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;

/** A way to write a batch of rows like those of a journal, under a fence, in one transaction. */
enum RowForm {
  /** One statement with an array for each column, as the store does it. */
  UNNEST("bytea"),
  /** One statement with a parameter for each value. */
  VALUES("bytea"),
  /** The fence, COPY and COMMIT, each a round trip. */
  COPY("bytea"),
  /** As the first, payloads as text. */
  UNNEST_TEXT("text"),
  /** As the first, payloads as jsonb. */
  UNNEST_JSONB("jsonb");

  static final String SCHEMA = "bench_forms";

  private static final String COLUMNS = "(saga_id, seq, kind, step, attempt, payload)";
  private static final String FENCE = "SELECT id FROM bench_forms.fence WHERE id = 1 FOR KEY SHARE";
  private static final String KIND = "STEP_COMPLETED";
  private static final String STEP = "reserve-stock";
  private static final String JSON = "{\"number\":\"r-%d\",\"sku\":\"book\",\"quantity\":1}";

  private final String payloadType;

  RowForm(String payloadType) {
    this.payloadType = payloadType;
  }

  String table() {
    return SCHEMA + ".journal_" + name().toLowerCase(Locale.ROOT);
  }

  void create(Connection connection) throws SQLException {
    Sql.execute(
        connection,
        "CREATE TABLE "
            + table()
            + " (saga_id uuid NOT NULL, seq bigint NOT NULL, kind text NOT NULL, step text,"
            + " attempt integer NOT NULL, payload "
            + payloadType
            + ", PRIMARY KEY (saga_id, seq))");
  }

  /** Writes rows of new sagas and commits. */
  void write(Connection connection, int rows) throws SQLException, IOException {
    switch (this) {
      case UNNEST, UNNEST_TEXT, UNNEST_JSONB -> unnest(connection, rows);
      case VALUES -> values(connection, rows);
      case COPY -> copy(connection, rows);
    }
  }

  private void unnest(Connection connection, int rows) throws SQLException {
    String sql =
        "WITH f AS ("
            + FENCE
            + ") INSERT INTO "
            + table()
            + COLUMNS
            + " SELECT r.* FROM f, unnest((SELECT ?::uuid[]), (SELECT ?::bigint[]),"
            + " (SELECT ?::text[]), (SELECT ?::text[]), (SELECT ?::int[]), (SELECT ?::"
            + payloadType
            + "[])) AS r";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, array(rows, i -> TimeOrderedIds.next().toString()));
      statement.setString(2, array(rows, i -> "1"));
      statement.setString(3, array(rows, i -> KIND));
      statement.setString(4, array(rows, i -> STEP));
      statement.setString(5, array(rows, i -> "1"));
      statement.setString(6, array(rows, this::element));
      executeAll(statement, rows);
    }
  }

  private static String array(int rows, IntFunction<String> element) {
    return IntStream.range(0, rows).mapToObj(element).collect(joining(",", "{", "}"));
  }

  private String element(int i) {
    return payloadType.equals("bytea")
        ? "\"\\" + hex(i) + "\""
        : '"' + JSON.formatted(i).replace("\"", "\\\"") + '"';
  }

  private static String hex(int i) {
    return "\\x" + HexFormat.of().formatHex(payload(i));
  }

  private static byte[] payload(int i) {
    return JSON.formatted(i).getBytes(StandardCharsets.UTF_8);
  }

  private void values(Connection connection, int rows) throws SQLException {
    String row = "(?::uuid, ?::bigint, ?::text, ?::text, ?::int, ?::bytea)";
    String sql =
        "WITH f AS ("
            + FENCE
            + ") INSERT INTO "
            + table()
            + COLUMNS
            + " SELECT r.* FROM f, (VALUES "
            + IntStream.range(0, rows).mapToObj(i -> row).collect(joining(", "))
            + ") AS r";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int index = 1;
      for (int i = 0; i < rows; i++) {
        statement.setObject(index++, TimeOrderedIds.next());
        statement.setLong(index++, 1);
        statement.setString(index++, KIND);
        statement.setString(index++, STEP);
        statement.setInt(index++, 1);
        statement.setBytes(index++, payload(i));
      }
      executeAll(statement, rows);
    }
  }

  private static void executeAll(PreparedStatement statement, int rows) throws SQLException {
    if (statement.executeUpdate() != rows) {
      throw new IllegalStateException("Not all rows were inserted");
    }
  }

  private void copy(Connection connection, int rows) throws SQLException, IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      UUID saga = TimeOrderedIds.next();
      text.append(saga).append("\t1\t").append(KIND).append('\t').append(STEP).append("\t1\t\\");
      text.append(hex(i)).append('\n');
    }
    connection.setAutoCommit(false);
    try {
      Sql.number(connection, FENCE);
      long copied =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn(
                  "COPY " + table() + COLUMNS + " FROM STDIN", new StringReader(text.toString()));
      if (copied != rows) {
        throw new IllegalStateException("Not all rows were copied");
      }
      connection.commit();
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
