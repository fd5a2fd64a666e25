package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StoredSaga;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads sagas. */
final class Sagas {

  private final Database database;
  private final Journals journals;
  private final String load;
  private final String find;
  private final String statuses;

  Sagas(Database database, Tables tables, Journals journals) {
    this.database = database;
    this.journals = journals;
    this.load =
        tables.fill(
            "SELECT id, definition, version, business_key, status FROM ${t}instance WHERE id = ?");
    this.find =
        tables.fill("SELECT id FROM ${t}instance WHERE definition = ? AND business_key = ?");
    this.statuses = tables.fill("SELECT id, status FROM ${t}instance WHERE id = ANY (?)");
  }

  Optional<StoredSaga> load(SagaId sagaId) {
    return database.autocommit(
        "load saga " + sagaId,
        connection -> {
          // The journal last: it may then be ahead of the status, and never behind it.
          Optional<Row> row = row(connection, sagaId);
          if (row.isEmpty()) {
            return Optional.empty();
          }
          Map<SagaId, List<StoredRecord>> records = journals.read(connection, List.of(sagaId));
          if (records.isEmpty() && row(connection, sagaId).isEmpty()) { // just purged
            return Optional.empty();
          }
          return Optional.of(row.get().with(records.getOrDefault(sagaId, List.of())));
        });
  }

  Optional<SagaHeader> header(SagaId sagaId) {
    return database.autocommit(
        "look up saga " + sagaId, connection -> row(connection, sagaId).map(Row::header));
  }

  private Optional<Row> row(Connection connection, SagaId sagaId) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, load)) {
      statement.setObject(1, sagaId.value());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(Row.read(rows)) : Optional.empty();
      }
    }
  }

  Optional<SagaId> find(String definition, String businessKey) {
    return database.autocommit(
        "find saga " + businessKey + " of " + definition,
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, find)) {
            statement.setString(1, definition);
            statement.setString(2, businessKey);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next()
                  ? Optional.of(new SagaId(rows.getObject(1, UUID.class)))
                  : Optional.empty();
            }
          }
        });
  }

  Map<SagaId, SagaStatus> statuses(Collection<SagaId> sagaIds) {
    return database.autocommit(
        "read the statuses of sagas",
        connection -> {
          Map<SagaId, SagaStatus> found = new HashMap<>();
          try (PreparedStatement statement = Database.prepare(connection, statuses)) {
            statement.setArray(1, ids(connection, sagaIds));
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                SagaId id = new SagaId(rows.getObject(1, UUID.class));
                found.put(id, status(rows.getString(2)));
              }
            }
          }
          return found;
        });
  }

  /**
   * Reads a status. One that nobody knows must not fail the query, which reads other sagas, too; it
   * counts as stuck, and contradicts its journal when the saga is claimed.
   */
  static SagaStatus status(String name) {
    for (SagaStatus status : SagaStatus.values()) {
      if (status.name().equals(name)) {
        return status;
      }
    }
    return SagaStatus.STUCK;
  }

  /** Makes an array of ids. */
  static Array ids(Connection connection, Collection<SagaId> sagaIds) throws SQLException {
    return connection.createArrayOf("uuid", sagaIds.stream().map(SagaId::value).toArray());
  }

  /** A saga's row, without its journal. */
  record Row(SagaHeader header, SagaStatus status) {

    /** Reads columns 1 to 5: id, definition, version, business key, status. */
    static Row read(ResultSet rows) throws SQLException {
      SagaId id = new SagaId(rows.getObject(1, UUID.class));
      DefinitionRef definition = new DefinitionRef(rows.getString(2), rows.getInt(3));
      return new Row(
          new SagaHeader(id, definition, rows.getString(4)), Sagas.status(rows.getString(5)));
    }

    StoredSaga with(List<StoredRecord> journal) {
      return new StoredSaga(header, status, journal);
    }
  }
}
