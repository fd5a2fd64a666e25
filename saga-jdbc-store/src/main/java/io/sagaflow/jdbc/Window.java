package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.store.SagaSlice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Bounds at how many sagas a statement looks, by counting along an index. */
final class Window {

  private static final UUID LOWEST = new UUID(0, 0);
  private static final UUID HIGHEST = new UUID(-1, -1);

  private final Tables tables;

  Window(Tables tables) {
    this.tables = tables;
  }

  /** The last saga that is to be looked at; empty if all of a slice may be. */
  Optional<SagaId> end(Connection connection, SagaSlice slice, int size) throws SQLException {
    return end(connection, slice, Optional.empty(), size);
  }

  /** The same along the index by steps, for the sagas that rest on one. */
  Optional<SagaId> end(Connection connection, SagaSlice slice, Optional<String> restingOn, int size)
      throws SQLException {
    Query query = new Query(tables).add("SELECT i.id FROM ${t}instance i WHERE").range(slice);
    restingOn.ifPresent(step -> query.add(" AND i.step = ?", step));
    query.order(slice).add(" OFFSET ? LIMIT 1", size - 1);
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      return rows.next()
          ? Optional.of(new SagaId(rows.getObject(1, UUID.class)))
          : Optional.empty();
    }
  }

  static UUID above(SagaSlice slice) {
    return slice.above().map(SagaId::value).orElse(LOWEST);
  }

  static UUID below(SagaSlice slice) {
    return slice.below().map(SagaId::value).orElse(HIGHEST);
  }

  /** The id behind an id, so that a bound that excludes it includes that one. */
  static UUID next(SagaId id) {
    UUID value = id.value();
    long low = value.getLeastSignificantBits() + 1;
    return new UUID(value.getMostSignificantBits() + (low == 0 ? 1 : 0), low);
  }
}
