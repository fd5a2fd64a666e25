package io.sagaflow.jdbc;

import io.sagaflow.ParticipantCall;
import io.sagaflow.ParticipantCall.Direction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** The rows of a participant's barrier, and the statements that write and read them. */
final class BarrierRows {

  private final String table;
  private final String insert;
  private final String read;
  private final String keep;
  private final String purge;

  BarrierRows(Tables tables) {
    this.table = tables.fill("${t}barrier");
    this.insert =
        tables.fill(
            """
            INSERT INTO ${t}barrier (saga_id, step, direction, written_by)
            VALUES (?, ?, ?::"char", ?::"char") ON CONFLICT DO NOTHING
            """);
    this.read =
        tables.fill(
            """
            SELECT written_by, result FROM ${t}barrier
            WHERE saga_id = ? AND step = ? AND direction = ?::"char"
            """);
    this.keep =
        tables.fill(
            """
            UPDATE ${t}barrier SET result = ?
            WHERE saga_id = ? AND step = ? AND direction = ?::"char"
            """);
    // A step's two rows go together: alone, either would let a late call do harm.
    this.purge =
        tables.fill(
            """
            WITH old AS (
                   SELECT o.saga_id, o.step FROM ${t}barrier o
                   WHERE o.at < now() - ? * interval '1 second' AND NOT EXISTS (
                     SELECT FROM ${t}barrier later
                     WHERE later.saga_id = o.saga_id AND later.step = o.step
                       AND later.at >= now() - ? * interval '1 second')
                   ORDER BY o.at LIMIT ? FOR UPDATE SKIP LOCKED)
            DELETE FROM ${t}barrier b USING old
            WHERE b.saga_id = old.saga_id AND b.step = old.step
            """);
  }

  /** A row, as a call that comes later finds it. */
  record Row(Direction writtenBy, Optional<String> result) {}

  /** Lets one node at a time create the table; until the transaction ends. */
  void lockCreation(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        Database.prepare(
            connection, "SELECT pg_advisory_xact_lock(hashtextextended('sagaflow ' || ?, 0))")) {
      statement.setString(1, table);
      statement.execute();
    }
  }

  /** Writes the action's row; false if it is there. Waits for a transaction that is writing it. */
  boolean insertAction(Connection connection, ParticipantCall call, Direction by)
      throws SQLException {
    return insert(connection, call, Direction.ACTION, by);
  }

  /** Writes the compensation's row; false if it is there. */
  boolean insertCompensation(Connection connection, ParticipantCall call) throws SQLException {
    return insert(connection, call, Direction.COMPENSATION, Direction.COMPENSATION);
  }

  private boolean insert(
      Connection connection, ParticipantCall call, Direction direction, Direction by)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, insert)) {
      setKey(statement, 1, call, direction);
      statement.setString(4, code(by));
      return statement.executeUpdate() == 1;
    }
  }

  Row read(Connection connection, ParticipantCall call, Direction direction) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, read)) {
      setKey(statement, 1, call, direction);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) { // purged since: whoever comes after all that is taken for new
          throw new SQLException("A row of the barrier has gone; repeat the call", "40001");
        }
        Direction by = rows.getString(1).equals("A") ? Direction.ACTION : Direction.COMPENSATION;
        return new Row(by, Optional.ofNullable(rows.getString(2)));
      }
    }
  }

  void keep(Connection connection, ParticipantCall call, String result) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, keep)) {
      statement.setString(1, result);
      setKey(statement, 2, call, call.direction());
      statement.executeUpdate();
    }
  }

  int purge(Connection connection, Duration unusedFor, int most) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, purge)) {
      statement.setLong(1, unusedFor.toSeconds());
      statement.setLong(2, unusedFor.toSeconds());
      statement.setInt(3, most);
      return statement.executeUpdate();
    }
  }

  private static void setKey(
      PreparedStatement statement, int from, ParticipantCall call, Direction direction)
      throws SQLException {
    statement.setObject(from, call.sagaId().value());
    statement.setString(from + 1, call.step());
    statement.setString(from + 2, code(direction));
  }

  private static String code(Direction direction) {
    return direction == Direction.ACTION ? "A" : "C";
  }
}
