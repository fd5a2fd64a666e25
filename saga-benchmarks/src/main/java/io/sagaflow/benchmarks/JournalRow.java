package io.sagaflow.benchmarks;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A row of the journal.
 *
 * @param sagaId whose it is
 * @param seq its number in the saga
 * @param text kind, step, code, detail and actor, in this order
 * @param attempt the attempt
 * @param payload the payload
 */
@SuppressWarnings("ArrayRecordComponent") // only handed through to the driver, never compared
record JournalRow(
    UUID sagaId, long seq, List<@Nullable String> text, int attempt, byte @Nullable [] payload) {

  /** The columns in the order of the table. */
  static final List<Column> COLUMNS =
      List.of(
          new Column("uuid", JournalRow::sagaId),
          new Column("int8", JournalRow::seq),
          new Column("text", row -> Instant.now().truncatedTo(ChronoUnit.MICROS).toString()),
          new Column("text", row -> row.text().get(0)),
          new Column("text", row -> row.text().get(1)),
          new Column("int4", JournalRow::attempt),
          new Column("text", row -> row.text().get(2)),
          new Column("text", row -> row.text().get(3)),
          new Column("text", row -> row.text().get(4)),
          new Column("text", row -> null),
          new Column("bytea", JournalRow::payload));

  /** A column as an array of a type. */
  record Column(String type, Function<JournalRow, @Nullable Object> value) {

    Array array(Connection connection, List<JournalRow> rows) throws SQLException {
      Object[] values = type.equals("bytea") ? new byte[rows.size()][] : new Object[rows.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = value.apply(rows.get(i));
      }
      return connection.createArrayOf(type, values);
    }
  }

  /** Reads a row of id, seq, kind, step, code, detail, actor, attempt and payload. */
  static JournalRow read(ResultSet row) throws SQLException {
    List<@Nullable String> text = new ArrayList<>();
    for (int i = 3; i <= 7; i++) {
      text.add(row.getString(i));
    }
    return new JournalRow(
        row.getObject(1, UUID.class), row.getLong(2), text, row.getInt(8), row.getBytes(9));
  }

  JournalRow of(UUID other) {
    return new JournalRow(other, seq, text, attempt, payload);
  }
}
