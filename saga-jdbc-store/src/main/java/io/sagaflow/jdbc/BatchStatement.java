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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

  private final int lane;
  private final String firstTry;
  private final String repeat;

  BatchStatement(Tables tables, int lane) {
    this.lane = lane;
    this.firstTry = tables.fill(WRITE.replace("${conflict}", ""));
    this.repeat = tables.fill(WRITE.replace("${conflict}", "ON CONFLICT DO NOTHING"));
  }

  private static final String WRITE =
      """
      WITH fence AS (SELECT id FROM ${t}node WHERE id = ? FOR KEY SHARE),
           started AS (
             INSERT INTO ${t}instance (id, definition, version, business_key, status, owner)
             SELECT s.id, s.definition, s.version, s.business_key, 'RUNNING', ?::uuid
             FROM fence, unnest((SELECT ?::uuid[]), (SELECT ?::text[]), (SELECT ?::int[]),
                    (SELECT ?::text[]))
               WITH ORDINALITY AS s(id, definition, version, business_key, position)
             ORDER BY s.position
             ON CONFLICT (definition, business_key) DO NOTHING
             RETURNING id),
           journaled AS (
             INSERT INTO ${t}journal
               (saga_id, seq, at, kind, step, attempt, code, detail, actor, due, payload)
             SELECT r.saga_id, r.seq, timestamptz 'epoch' + r.at * interval '1 microsecond',
                    r.kind, r.step, r.attempt, r.code, r.detail, r.actor,
                    timestamptz 'epoch' + r.due * interval '1 microsecond', r.payload
             FROM fence, unnest((SELECT ?::uuid[]), (SELECT ?::bool[]), (SELECT ?::bigint[]),
                    (SELECT ?::bigint[]), (SELECT ?::text[]), (SELECT ?::text[]),
                    (SELECT ?::int[]), (SELECT ?::text[]), (SELECT ?::text[]), (SELECT ?::text[]),
                    (SELECT ?::bigint[]), (SELECT ?::bytea[]))
               AS r(saga_id, starts, seq, at, kind, step, attempt, code, detail, actor, due, payload)
             WHERE NOT r.starts OR r.saga_id IN (SELECT id FROM started)
             ${conflict}),
           consumed AS (
             DELETE FROM ${t}inbox b USING fence
             WHERE b.id = ANY ((SELECT ?::bigint[])::bigint[])
                OR b.saga_id = ANY ((SELECT ?::uuid[])::uuid[])
             RETURNING b.saga_id),
           changed AS (
             UPDATE ${t}instance i
             SET status = coalesce(c.status, i.status),
                 owner = CASE WHEN c.released OR c.ended THEN NULL ELSE i.owner END,
                 orphaned = false,
                 wake_at = CASE WHEN c.ended THEN NULL
                                WHEN NOT c.released THEN i.wake_at
                                WHEN i.commands > coalesce(d.commands, 0) THEN '-infinity'
                                ELSE timestamptz 'epoch' + c.wake_at * interval '1 microsecond' END,
                 commands = i.commands - coalesce(d.commands, 0),
                 recoveries = CASE WHEN c.progress THEN 0 ELSE i.recoveries END
             FROM fence,
                  unnest((SELECT ?::uuid[]), (SELECT ?::text[]), (SELECT ?::bool[]),
                         (SELECT ?::bool[]), (SELECT ?::bigint[]), (SELECT ?::bool[]))
                    AS c(id, status, ended, released, wake_at, progress)
                  LEFT JOIN (SELECT saga_id, count(*)::int AS commands FROM consumed
                             GROUP BY saga_id) d ON d.saga_id = c.id
             WHERE i.id = ANY ((SELECT ?::uuid[])::uuid[]) AND i.id = c.id
               AND i.owner IS NOT DISTINCT FROM ?::uuid)
      SELECT (SELECT count(*) FROM fence), ARRAY(SELECT id FROM started)
      """;

  /**
   * Writes a batch on a connection in autocommit mode.
   *
   * @return the sagas that were started, or empty if the node is fenced
   */
  Optional<Set<SagaId>> execute(Connection connection, Batch batch) throws SQLException {
    try (PreparedStatement statement =
        Database.prepare(connection, batch.repeat() ? repeat : firstTry)) {
      bind(statement, batch);
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

  private void bind(PreparedStatement statement, Batch batch) throws SQLException {
    UUID owner = batch.owner().value();
    statement.setObject(1, Slots.slot(batch.owner(), lane));
    statement.setObject(2, owner);
    List<Column> columns = new ArrayList<>(starts(batch));
    columns.addAll(records(batch));
    columns.addAll(consumed(batch));
    columns.addAll(changes(batch));
    int index = 3;
    for (Column column : columns) {
      column.bind(statement, index++);
    }
    statement.setObject(index, owner);
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
        if (ends(append)) {
          ended.add(append.sagaId().value());
        }
      }
    }
    return List.of(commands, ended);
  }

  private static List<Column> changes(Batch batch) {
    Column id = new Column();
    Column status = new Column();
    Column ended = new Column();
    Column released = new Column();
    Column wakeAt = new Column();
    Column progress = new Column();
    for (Write write : batch.writes()) {
      SagaAppend append = write.append();
      if (append != null && append.changesSaga()) {
        Optional<Instant> wake = append.release().flatMap(release -> release.wakeAt());
        id.add(append.sagaId().value());
        status.add(append.status().map(SagaStatus::name).orElse(null));
        ended.add(ends(append));
        released.add(append.release().isPresent());
        wakeAt.add(wake.orElse(null));
        progress.add(append.progress());
      }
    }
    return List.of(id, status, ended, released, wakeAt, progress, id);
  }

  private static boolean ends(SagaAppend append) {
    return append.status().map(SagaStatus::isTerminal).orElse(false);
  }
}
