package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.StoredRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Appends within transactions that hold users' SQL as well.
 *
 * <p>The fence is the saga's own row, locked from the append to the end of the transaction. Freeing
 * the saga of an evicted node changes that row, so it waits for the transaction, or else comes
 * first, and then the row has another owner and nothing is written. A slot row won't do: many such
 * transactions at a time would share it, each lock making a multixact of all its holders, and an
 * eviction would wait for a commit that a user's framework may hold up. A node without a lease is
 * refused beside that, so that it finds out.
 */
final class TransactionAppends {

  private static final String FENCE =
      """
      SELECT i.id FROM ${t}instance i
      WHERE i.id = ? AND i.owner = ? AND EXISTS (SELECT FROM ${t}node WHERE id = ?)
      FOR NO KEY UPDATE OF i""";

  private final Tables tables;
  private final Map<Set<BatchPart>, String> texts = new ConcurrentHashMap<>();
  private final String lock;
  private final String find;

  TransactionAppends(Tables tables) {
    this.tables = tables;
    this.lock =
        Bounds.LONG_WAITS.on(tables.fill("SELECT id FROM ${t}instance WHERE id = ? FOR UPDATE"));
    this.find =
        tables.fill(
            """
            SELECT 1 FROM ${t}journal
            WHERE saga_id = ? AND seq = ? AND kind = ? AND step IS NOT DISTINCT FROM ?
              AND attempt = ? AND at = timestamptz 'epoch' + ?::bigint * interval '1 microsecond'
            """);
  }

  void append(Connection connection, NodeId owner, SagaAppend append) throws SQLException {
    Batch batch = new Batch(List.of(Write.append(owner, append)), false);
    Set<BatchPart> parts = BatchPart.of(batch);
    String text =
        texts.computeIfAbsent(parts, key -> tables.fill(BatchPart.statement(FENCE, key, false, 0)));
    try (PreparedStatement statement = Database.prepare(connection, text)) {
      statement.setObject(1, append.sagaId().value());
      statement.setObject(2, owner.value());
      statement.setObject(3, owner.value());
      BatchStatement.bindParts(statement, 4, parts, batch, true);
      try (ResultSet answer = statement.executeQuery()) {
        answer.next();
        if (answer.getLong(1) == 0) {
          throw new NodeFencedException(owner);
        }
      }
    }
  }

  /**
   * Looks for an append's first record. The lock waits for a transaction that is in doubt, and the
   * next statement sees how it ended.
   */
  boolean isAppended(Connection connection, SagaAppend append) throws SQLException {
    SagaId saga = append.sagaId();
    StoredRecord first = append.records().get(0);
    try (PreparedStatement statement = Database.prepare(connection, lock)) {
      statement.setObject(1, saga.value());
      statement.execute();
    }
    try (PreparedStatement statement = Database.prepare(connection, find)) {
      statement.setObject(1, saga.value());
      statement.setLong(2, first.seq());
      statement.setString(3, first.kind());
      statement.setString(4, first.step());
      statement.setInt(5, first.attempt());
      Column.values().add(first.at()).bind(statement, 6, 0);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }
}
