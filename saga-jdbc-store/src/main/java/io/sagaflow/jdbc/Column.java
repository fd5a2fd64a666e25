package io.sagaflow.jdbc;

import static java.time.temporal.ChronoUnit.MICROS;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One array of a statement that unnests arrays into rows, as PostgreSQL's text form of it; the
 * statement casts it. Built value by value: the arrays are most of what a batch costs here.
 */
final class Column {

  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder literal = new StringBuilder("{");

  /** Adds a value whose text form needs no quotes. */
  private Column addPlain(@Nullable Object value) {
    if (literal.length() > 1) {
      literal.append(',');
    }
    literal.append(value == null ? "NULL" : value);
    return this;
  }

  Column add(@Nullable UUID value) {
    return addPlain(value);
  }

  Column add(@Nullable Long value) {
    return addPlain(value);
  }

  Column add(int value) {
    return addPlain(value);
  }

  Column add(boolean value) {
    return addPlain(value);
  }

  Column add(@Nullable String value) {
    if (value == null) {
      return addPlain(null);
    }
    addPlain("\"");
    int done = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        literal.append(value, done, i).append('\\');
        done = i;
      }
    }
    literal.append(value, done, value.length()).append('"');
    return this;
  }

  Column add(byte @Nullable [] value) {
    if (value == null) {
      return addPlain(null);
    }
    addPlain("\"\\\\x");
    HEX.formatHex(literal, value).append('"');
    return this;
  }

  /** Adds an instant as microseconds since 1970: cheaper on both sides than its text. */
  Column add(@Nullable Instant value) {
    return addPlain(value == null ? null : MICROS.between(Instant.EPOCH, value));
  }

  void bind(PreparedStatement statement, int index) throws SQLException {
    statement.setObject(index, literal + "}", Types.OTHER);
  }
}
