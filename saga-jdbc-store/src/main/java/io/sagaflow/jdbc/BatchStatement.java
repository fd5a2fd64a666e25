package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The one statement that writes a batch.
 *
 * <p>It begins by locking the node's slot row FOR KEY SHARE, and every write is joined with that
 * row: no row, nothing written. An eviction deletes the row, so it waits for this statement, and
 * this statement finds nothing after it. The lock is the statement's, so no session state is left.
 *
 * <p>A row may change under the UPDATE, by a post. PostgreSQL then evaluates the UPDATE anew for
 * the new version of that row with the joined rows kept, which is why what was consumed is joined
 * in and not looked up in a subquery.
 *
 * <p>Two things are there for the planner. Each array stands in a subquery of its own, so that it
 * can't be seen when the statement is planned: else the server would plan anew for each batch,
 * which took nearly as long as to execute it. And {@code IS NOT DISTINCT FROM} keeps it from the
 * index on owners: all sagas have the same one.
 */
final class BatchStatement {

  private final Tables tables;
  private final int lane;
  private final Map<String, String> texts = new HashMap<>();

  /** Touched by the lane's leader alone, like the texts. */
  private long executions;

  BatchStatement(Tables tables, int lane) {
    this.tables = tables;
    this.lane = lane;
  }

  /**
   * Writes, or is fenced.
   *
   * @return the sagas that this statement started; empty if the node has no lease
   */
  Optional<Set<SagaId>> execute(Connection connection, Batch batch) throws SQLException {
    Set<BatchPart> parts = BatchPart.of(batch);
    try (PreparedStatement statement = Database.prepare(connection, text(parts, batch.repeat()))) {
      bind(statement, parts, batch);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1) == 0 ? Optional.empty() : Optional.of(ids(rows.getArray(2)));
      }
    }
  }

  private static Set<SagaId> ids(Array array) throws SQLException {
    Set<SagaId> ids = new HashSet<>();
    for (Object id : (Object[]) array.getArray()) {
      ids.add(new SagaId((UUID) id));
    }
    return ids;
  }

  /**
   * The server keeps the plan that it made when the tables were small, until it happens to analyze
   * them. So the statement gets a new name, and with it a new plan, whenever twice as many batches
   * have been written.
   */
  private String text(Set<BatchPart> parts, boolean repeat) {
    int doublings = Long.SIZE - Long.numberOfLeadingZeros(++executions);
    return texts.computeIfAbsent(
        parts + " " + repeat + " " + doublings,
        key -> tables.fill(BatchPart.statement(parts, repeat)) + " -- plan " + doublings);
  }

  private void bind(PreparedStatement statement, Set<BatchPart> parts, Batch batch)
      throws SQLException {
    UUID owner = batch.owner().value();
    int index = 1;
    statement.setObject(index++, Slots.slot(batch.owner(), lane));
    for (BatchPart part : parts) {
      if (part == BatchPart.STARTED) {
        statement.setObject(index++, owner);
      }
      for (Column column : columns(part, batch)) {
        column.bind(statement, index++);
      }
      if (part == BatchPart.ENDED || part == BatchPart.CHANGED) {
        statement.setObject(index++, owner);
      }
    }
  }

  private static List<Column> columns(BatchPart part, Batch batch) {
    return switch (part) {
      case STARTED -> starts(batch);
      case JOURNALED -> records(batch);
      case CONSUMED -> consumed(batch);
      case ENDED -> ends(batch);
      case CHANGED -> changes(batch);
    };
  }

  private static List<Column> starts(Batch batch) {
    Column id = new Column();
    Column definition = new Column();
    Column version = new Column();
    Column key = new Column();
    for (Write write : batch.writes()) {
      NewSaga start = write.start();
      if (start != null) {
        DefinitionRef ref = start.header().definition();
        id.add(write.sagaId().value());
        definition.add(ref.name());
        version.add(ref.version());
        key.add(start.header().businessKey());
      }
    }
    return List.of(id, definition, version, key);
  }

  private static List<Column> records(Batch batch) {
    List<Column> columns =
        List.of(
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column(),
            new Column());
    for (Write write : batch.writes()) {
      for (StoredRecord record : write.records()) {
        columns.get(0).add(write.sagaId().value());
        columns.get(1).add(write.start() != null);
        addRecord(columns.subList(2, columns.size()), record);
      }
    }
    return columns;
  }

  private static void addRecord(List<Column> columns, StoredRecord record) {
    Payload payload = record.payload();
    columns.get(0).add(record.seq());
    columns.get(1).add(record.at());
    columns.get(2).add(record.kind());
    columns.get(3).add(record.step());
    columns.get(4).add(record.attempt());
    columns.get(5).add(record.code());
    columns.get(6).add(record.detail());
    columns.get(7).add(record.actor());
    columns.get(8).add(record.due());
    columns.get(9).add(payload == null ? null : payload.bytes());
  }

  private static List<Column> consumed(Batch batch) {
    Column commands = new Column();
    Column ended = new Column();
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append != null) {
        append.consumed().forEach(commands::add);
        if (write.ends()) {
          ended.add(append.sagaId().value());
        }
      }
    }
    return List.of(commands, ended);
  }

  /** In the order of the batch, which is that of the ids: the statement searches in them. */
  private static List<Column> ends(Batch batch) {
    Column id = new Column();
    Column status = new Column();
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append != null && write.ends()) {
        id.add(append.sagaId().value());
        status.add(append.status().map(SagaStatus::name).orElseThrow());
      }
    }
    return List.of(id, status, id);
  }

  private static List<Column> changes(Batch batch) {
    Column id = new Column();
    Column status = new Column();
    Column released = new Column();
    Column wakeAt = new Column();
    Column progress = new Column();
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append != null && append.changesSaga() && !write.ends()) {
        Optional<Instant> wake = append.release().flatMap(release -> release.wakeAt());
        id.add(append.sagaId().value());
        status.add(append.status().map(SagaStatus::name).orElse(null));
        released.add(append.release().isPresent());
        wakeAt.add(wake.orElse(null));
        progress.add(append.progress());
      }
    }
    return List.of(id, status, released, wakeAt, progress, id);
  }
}
