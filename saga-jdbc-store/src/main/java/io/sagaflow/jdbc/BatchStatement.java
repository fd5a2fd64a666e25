package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
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

  private static final int MOST_VALUES = 4;

  private final Tables tables;
  private final Overdue overdue;
  private final int lane;
  private final Map<String, String> texts = new HashMap<>();

  /** Touched by the lane's leader alone, like the texts. */
  private long executions;

  BatchStatement(Tables tables, Overdue overdue, int lane) {
    this.tables = tables;
    this.overdue = overdue;
    this.lane = lane;
  }

  /**
   * Writes, or is fenced.
   *
   * @return the sagas that this statement started; empty if the node has no lease
   */
  Optional<Set<SagaId>> execute(Connection connection, Batch batch) throws SQLException {
    Set<BatchPart> parts = BatchPart.of(batch);
    int rows = rows(batch);
    String text = text(parts, batch.repeat(), rows);
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      bind(statement, parts, batch, rows == 0);
      return overdue.watch(statement, () -> read(statement));
    }
  }

  private static Optional<Set<SagaId>> read(PreparedStatement statement) throws SQLException {
    try (ResultSet answer = statement.executeQuery()) {
      answer.next();
      return answer.getLong(1) == 0 ? Optional.empty() : Optional.of(ids(answer.getArray(2)));
    }
  }

  /**
   * How many records are given value by value: a saga that is alone is spared the arrays, which
   * cost the server a tenth of the commit; many sagas share one text.
   */
  private static int rows(Batch batch) {
    int records = batch.records();
    return batch.writes().size() == 1 && records <= MOST_VALUES ? records : 0;
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
  private String text(Set<BatchPart> parts, boolean repeat, int rows) {
    int doublings = Long.SIZE - Long.numberOfLeadingZeros(++executions);
    return texts.computeIfAbsent(
        parts + " " + repeat + " " + rows + " " + doublings,
        key -> tables.fill(BatchPart.statement(parts, repeat, rows)) + " -- plan " + doublings);
  }

  private void bind(PreparedStatement statement, Set<BatchPart> parts, Batch batch, boolean arrays)
      throws SQLException {
    statement.setObject(1, Slots.slot(batch.owner(), lane));
    bindParts(statement, 2, parts, batch, arrays);
  }

  /** Binds all but the fence. */
  static void bindParts(
      PreparedStatement statement, int from, Set<BatchPart> parts, Batch batch, boolean arrays)
      throws SQLException {
    UUID owner = batch.owner().value();
    int index = from;
    for (BatchPart part : parts) {
      if (part == BatchPart.STARTED) {
        statement.setObject(index++, owner);
      }
      index = Column.bindAll(statement, index, BatchRows.of(part, batch, arrays));
      if (part == BatchPart.ENDED || part == BatchPart.CHANGED) {
        statement.setObject(index++, owner);
      }
    }
  }
}
