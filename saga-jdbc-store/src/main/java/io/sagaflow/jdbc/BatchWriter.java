package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.StartResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Tries to write a batch once, and says who has the business keys of its starts. */
final class BatchWriter {

  private final Database database;
  private final BatchStatement statement;
  private final String holders;

  BatchWriter(Database database, Tables tables, Overdue overdue, int lane) {
    this.database = database;
    this.statement = new BatchStatement(tables, overdue, lane);
    this.holders =
        tables.fill(
            """
            SELECT s.id, i.id
            FROM unnest(?::uuid[], ?::text[], ?::text[]) s(id, definition, business_key)
            JOIN ${t}instance i
              ON i.definition = s.definition AND i.business_key = s.business_key
            """);
  }

  /**
   * Writes a batch.
   *
   * @return how its starts went, by the saga to be started; or empty if the node is fenced
   */
  Optional<Map<SagaId, StartResult>> write(Batch batch) throws SQLException {
    try (Connection connection = database.connect()) {
      return Database.autocommitOn(connection, lent -> write(lent, batch));
    }
  }

  private Optional<Map<SagaId, StartResult>> write(Connection connection, Batch batch)
      throws SQLException {
    Optional<Set<SagaId>> started = statement.execute(connection, batch);
    if (started.isEmpty()) {
      return Optional.empty();
    }
    Map<SagaId, StartResult> results = new HashMap<>();
    started.get().forEach(id -> results.put(id, new StartResult(id, true)));
    try {
      readHolders(connection, batch, results);
    } catch (SQLException e) { // whatever it says of itself, the write before it is committed
      throw new SQLException(e.getMessage(), Overdue.RESOLUTION_UNKNOWN, e);
    }
    return Optional.of(results);
  }

  /**
   * Only starts that created nothing ask. One that finds itself was committed by an earlier try.
   */
  private void readHolders(Connection connection, Batch batch, Map<SagaId, StartResult> results)
      throws SQLException {
    Column id = Column.array();
    Column definition = Column.array();
    Column key = Column.array();
    boolean anyLost = false;
    for (Write write : batch.writes()) {
      NewSaga start = write.start();
      if (start != null && !results.containsKey(write.sagaId())) {
        id.add(write.sagaId().value());
        definition.add(start.header().definition().name());
        key.add(start.header().businessKey());
        anyLost = true;
      }
    }
    if (!anyLost) {
      return;
    }
    try (PreparedStatement query = Database.prepare(connection, holders)) {
      Column.bindAll(query, 1, List.of(id, definition, key));
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          SagaId asked = new SagaId(rows.getObject(1, UUID.class));
          SagaId holder = new SagaId(rows.getObject(2, UUID.class));
          results.put(asked, new StartResult(holder, holder.equals(asked)));
        }
      }
    }
  }
}
