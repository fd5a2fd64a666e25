package io.sagaflow.jdbc;

import static java.time.temporal.ChronoUnit.MICROS;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One column of the rows that a statement is given, in PostgreSQL's text form; the statement casts
 * it. Most are arrays that the statement unnests. Built value by value: the arrays are most of what
 * a batch costs here.
 */
sealed interface Column {

  /** A column that is one array parameter. */
  static Column array() {
    return new OfArray();
  }

  /** A column that is a parameter in each row. */
  static Column values() {
    return new OfValues();
  }

  /** Adds a value whose text form needs no quotes. */
  Column addPlain(@Nullable Object value);

  Column add(@Nullable String value);

  Column add(byte @Nullable [] value);

  default Column add(@Nullable UUID value) {
    return addPlain(value);
  }

  default Column add(@Nullable Long value) {
    return addPlain(value);
  }

  default Column add(int value) {
    return addPlain(value);
  }

  default Column add(boolean value) {
    return addPlain(value);
  }

  /** Adds an instant as microseconds since 1970: cheaper on both sides than its text. */
  default Column add(@Nullable Instant value) {
    return addPlain(value == null ? null : MICROS.between(Instant.EPOCH, value));
  }

  /** How many parameters it has, one behind the other columns' each time. */
  int parameters();

  void bind(PreparedStatement statement, int index, int parameter) throws SQLException;

  /** Binds columns row by row from an index on; returns the next index. */
  static int bindAll(PreparedStatement statement, int from, List<Column> columns)
      throws SQLException {
    int index = from;
    for (int parameter = 0; parameter < columns.get(0).parameters(); parameter++) {
      for (Column column : columns) {
        column.bind(statement, index++, parameter);
      }
    }
    return index;
  }

  /** The text form of an array. */
  final class OfArray implements Column {

    private static final HexFormat HEX = HexFormat.of();

    private final StringBuilder literal = new StringBuilder("{");

    @Override
    public Column addPlain(@Nullable Object value) {
      if (literal.length() > 1) {
        literal.append(',');
      }
      literal.append(value == null ? "NULL" : value);
      return this;
    }

    @Override
    public Column add(@Nullable String value) {
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

    @Override
    public Column add(byte @Nullable [] value) {
      if (value == null) {
        return addPlain(null);
      }
      addPlain("\"\\\\x");
      literal.append(HEX.formatHex(value)).append('"'); // at once: digit by digit it takes longer
      return this;
    }

    @Override
    public int parameters() {
      return 1;
    }

    @Override
    public void bind(PreparedStatement statement, int index, int parameter) throws SQLException {
      statement.setObject(index, literal + "}", Types.OTHER);
    }
  }

  /** The values one by one. */
  final class OfValues implements Column {

    private final List<@Nullable String> values = new ArrayList<>();

    @Override
    public Column addPlain(@Nullable Object value) {
      values.add(value == null ? null : value.toString());
      return this;
    }

    @Override
    public Column add(@Nullable String value) {
      return addPlain(value);
    }

    @Override
    public Column add(byte @Nullable [] value) {
      return addPlain(value == null ? null : "\\x" + HexFormat.of().formatHex(value));
    }

    @Override
    public int parameters() {
      return values.size();
    }

    @Override
    public void bind(PreparedStatement statement, int index, int parameter) throws SQLException {
      statement.setObject(index, values.get(parameter), Types.OTHER);
    }
  }
}
