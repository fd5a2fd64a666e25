package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.StoredRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads journals. */
final class Journals {

  private final String select;

  Journals(Tables tables) {
    this.select =
        tables.fill(
            """
            SELECT saga_id, seq, at, kind, step, attempt, code, detail, actor, due, payload
            FROM ${t}journal WHERE saga_id = ANY (?) ORDER BY saga_id, seq
            """);
  }

  Map<SagaId, List<StoredRecord>> read(Connection connection, Collection<SagaId> sagaIds)
      throws SQLException {
    Map<SagaId, List<StoredRecord>> journals = new HashMap<>();
    try (PreparedStatement statement = Database.prepare(connection, select)) {
      statement.setArray(1, Sagas.ids(connection, sagaIds));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          SagaId sagaId = new SagaId(rows.getObject(1, UUID.class));
          journals.computeIfAbsent(sagaId, id -> new ArrayList<>()).add(record(rows));
        }
      }
    }
    return journals;
  }

  private static StoredRecord record(ResultSet rows) throws SQLException {
    byte @Nullable [] payload = rows.getBytes(11);
    return new StoredRecord(
        rows.getLong(2),
        rows.getObject(3, OffsetDateTime.class).toInstant(),
        rows.getString(4),
        rows.getString(5),
        rows.getInt(6),
        rows.getString(7),
        rows.getString(8),
        rows.getString(9),
        instant(rows.getObject(10, OffsetDateTime.class)),
        payload == null ? null : Payload.of(payload));
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
