package io.sagaflow.jdbc;

import static java.util.stream.Collectors.joining;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.SagaSlice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A query that is put together, with its parameters in their order. Statuses are written out, and
 * not parameters: the planner has to see that a partial index has them.
 */
final class Query {

  /** What a list says of a saga {@code i}. */
  static final String SAGA =
      "i.id, i.definition, i.version, i.business_key, i.status, i.step, i.ended_at";

  private final Tables tables;
  private final StringBuilder text = new StringBuilder();
  private final List<Object> parameters = new ArrayList<>();

  Query(Tables tables) {
    this.tables = tables;
  }

  Query add(String sql, Object... values) {
    text.append(sql);
    parameters.addAll(List.of(values));
    return this;
  }

  /** The condition that a saga {@code i} is in a slice. */
  Query range(SagaSlice slice) {
    return add(" i.id > ? AND i.id < ?", Window.above(slice), Window.below(slice));
  }

  Query order(SagaSlice slice) {
    return add(" ORDER BY i.id" + (slice.descending() ? " DESC" : ""));
  }

  static String names(Collection<SagaStatus> statuses) {
    return statuses.stream().map(status -> "'" + status + "'").sorted().collect(joining(", "));
  }

  String sql() {
    return tables.fill(text.toString());
  }

  PreparedStatement prepare(Connection connection) throws SQLException {
    PreparedStatement statement = Database.prepare(connection, sql());
    try {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }
}
