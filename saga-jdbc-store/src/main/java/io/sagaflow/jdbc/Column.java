package io.sagaflow.jdbc;

import static java.time.temporal.ChronoUnit.MICROS;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One array of a statement that unnests arrays into rows. */
final class Column {

  private final String type;
  private final List<@Nullable Object> values = new ArrayList<>();

  private Column(String type) {
    this.type = type;
  }

  /** Makes an empty column of a PostgreSQL type. */
  static Column of(String type) {
    return new Column(type);
  }

  Column add(@Nullable Object value) {
    values.add(value);
    return this;
  }

  /** Adds an instant as text, which the statement casts: no driver class is needed for it. */
  Column addInstant(@Nullable Instant value) {
    return add(value == null ? null : value.truncatedTo(MICROS).toString());
  }

  void bind(PreparedStatement statement, int index) throws SQLException {
    Object[] array = type.equals("bytea") ? values.toArray(new byte[0][]) : values.toArray();
    statement.setArray(index, statement.getConnection().createArrayOf(type, array));
  }
}
