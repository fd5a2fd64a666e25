package io.sagaflow.jdbc;

import static java.time.temporal.ChronoUnit.MICROS;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.SagaPurge;
import io.sagaflow.store.SagaSlice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes ended sagas. It goes through them by their primary key, which is in the order of their
 * starts, so that it needs no index that every ending saga would have to be put in; and it looks at
 * so many rows at most.
 *
 * <p>The rows are locked first, and those that another transaction has locked left to it: two
 * purges share the work, and neither waits for the other. What was locked is what the condition was
 * true for. Of children, one whose root hasn't ended may still have to be undone; once it has, that
 * is for good, so it doesn't matter that the root isn't locked. Journals are deleted by the ids
 * that were locked and not by a join, for which the planner might read a whole journal.
 *
 * <p>A start that finds a key taken waits for the delete of the row that has it, and then has it.
 */
final class Purge implements SagaPurge {

  /** How many sagas one call looks at. */
  static final int WINDOW = 20_000;

  private static final String BEGIN = Bounds.LONG_WAITS.on(IndexOrder.SETTINGS);

  private final Database database;
  private final Window window;
  private final String lock;
  private final List<String> deletes;

  Purge(Database database, Tables tables) {
    this.database = database;
    this.window = new Window(tables);
    this.lock =
        tables.fill(
            """
            SELECT id FROM ${t}instance i
            WHERE id > ? AND id < ? AND status = ANY (?) AND ended_at < ?::timestamptz
              AND owner IS NULL AND wake_at IS NULL AND commands = 0
              AND NOT EXISTS (
                SELECT FROM ${t}journal j JOIN ${t}instance root
                  ON root.id = CASE WHEN j.detail ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                                    THEN j.detail::uuid END
                WHERE j.saga_id = i.id AND j.seq = 1
                  AND root.status NOT IN ('COMPLETED', 'COMPENSATED'))
            ORDER BY id LIMIT ? FOR UPDATE OF i SKIP LOCKED
            """);
    this.deletes =
        List.of(
            tables.fill("DELETE FROM ${t}inbox WHERE saga_id = ANY (?)"),
            tables.fill("DELETE FROM ${t}journal WHERE saga_id = ANY (?)"),
            tables.fill("DELETE FROM ${t}instance WHERE id = ANY (?)"));
  }

  @Override
  public Purged purge(PurgeOrder order) {
    return database.transaction("purge ended sagas", connection -> purge(connection, order));
  }

  private Purged purge(Connection connection, PurgeOrder order) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, BEGIN)) {
      statement.execute();
    }
    SagaSlice slice = order.slice();
    Optional<SagaId> end = window.end(connection, slice, WINDOW);
    List<SagaId> doomed = lock(connection, order, end);
    if (!doomed.isEmpty()) {
      for (String delete : deletes) {
        try (PreparedStatement statement = Database.prepare(connection, delete)) {
          statement.setArray(1, Sagas.ids(connection, doomed));
          statement.executeUpdate();
        }
      }
    }
    boolean full = doomed.size() == slice.limit();
    return new Purged(doomed.size(), full ? Optional.of(doomed.get(doomed.size() - 1)) : end);
  }

  private List<SagaId> lock(Connection connection, PurgeOrder order, Optional<SagaId> end)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, lock)) {
      SagaSlice slice = order.slice();
      Object[] statuses = order.statuses().stream().map(SagaStatus::name).toArray();
      statement.setObject(1, Window.above(slice));
      statement.setObject(2, end.map(Window::next).orElse(Window.below(slice)));
      statement.setArray(3, connection.createArrayOf("text", statuses));
      statement.setString(4, order.endedBefore().truncatedTo(MICROS).toString());
      statement.setInt(5, slice.limit());
      List<SagaId> doomed = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          doomed.add(new SagaId(rows.getObject(1, UUID.class)));
        }
      }
      return doomed;
    }
  }
}
