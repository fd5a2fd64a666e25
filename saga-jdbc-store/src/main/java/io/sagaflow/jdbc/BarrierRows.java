package io.sagaflow.jdbc;

import io.sagaflow.ParticipantCall;
import io.sagaflow.ParticipantCall.Direction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a participant's barrier, and the statements that write and read them.
 *
 * <p>A step has an action's row (A) as soon as any call of it has come, and whoever comes writes or
 * touches that row before all else. So it is the lock of the step, and tells when a call came last;
 * and its compensation's row (C) is never committed without a change of A. A purge may therefore
 * look at A alone: it leaves out what somebody has locked, and PostgreSQL looks again at what was
 * touched while it was about to be locked. Were a step's rows purged by their own age, a purge
 * beside a compensation could leave C without A, and a late action would take effect; and two
 * purges that have locked one row each of a step would wait for each other.
 */
final class BarrierRows {

  private final String table;
  private final String insert;
  private final String touch;
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
    this.touch =
        tables.fill(
            """
            UPDATE ${t}barrier SET at = now()
            WHERE saga_id = ? AND step = ? AND direction = 'A' RETURNING written_by, result
            """);
    this.read =
        tables.fill(
            """
            SELECT written_by, result FROM ${t}barrier
            WHERE saga_id = ? AND step = ? AND direction = 'C'
            """);
    this.keep =
        tables.fill(
            """
            UPDATE ${t}barrier SET result = ?
            WHERE saga_id = ? AND step = ? AND direction = ?::"char"
            """);
    this.purge =
        tables.fill(
            """
            WITH old AS (
                   SELECT saga_id, step FROM ${t}barrier
                   WHERE direction = 'A' AND at < now() - ? * interval '1 second'
                   ORDER BY at LIMIT ? FOR UPDATE SKIP LOCKED),
                 forgotten AS (
                   DELETE FROM ${t}barrier b USING old
                   WHERE b.saga_id = old.saga_id AND b.step = old.step)
            SELECT count(*) FROM old
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

  /** Whether the table is there: IF NOT EXISTS takes the right to create it even then. */
  boolean exist(Connection connection) throws SQLException {
    return Schema.exists(connection, "SELECT to_regclass(?)", table);
  }

  /** Begins a transaction in which each statement sees what it has waited for. */
  static void begin(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        Database.prepare(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")) {
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

  /** Locks the action's row, which is there, and reads it. */
  Row touchAction(Connection connection, ParticipantCall call) throws SQLException {
    return row(connection, touch, call);
  }

  /** Reads the compensation's row, which is there. */
  Row readCompensation(Connection connection, ParticipantCall call) throws SQLException {
    return row(connection, read, call);
  }

  /** Whether the compensation's row is there: asked by whoever holds the lock on the action's. */
  boolean isCompensated(Connection connection, ParticipantCall call) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, read)) {
      setStep(statement, call);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void setStep(PreparedStatement statement, ParticipantCall call)
      throws SQLException {
    statement.setObject(1, call.sagaId().value());
    statement.setString(2, call.step());
  }

  private static Row row(Connection connection, String sql, ParticipantCall call)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, sql)) {
      setStep(statement, call);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) { // purged since: whoever comes after that is taken for new
          throw new SQLException("The barrier has just forgotten " + call + "; repeat it", "40001");
        }
        Direction by = rows.getString(1).equals("A") ? Direction.ACTION : Direction.COMPENSATION;
        return new Row(by, Optional.ofNullable(rows.getString(2)));
      }
    }
  }

  /**
   * Keeps what the business has returned. Also for nothing: if the business has swallowed the
   * failure of a statement, PostgreSQL has given the transaction up, refuses this, and would answer
   * a commit with a mere rollback, which drivers don't report.
   */
  void keep(Connection connection, ParticipantCall call, @Nullable String result)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, keep)) {
      statement.setString(1, result);
      setKey(statement, 2, call, call.direction());
      if (statement.executeUpdate() != 1) {
        throw new SQLException("The row of " + call + " has gone under its business", "2D000");
      }
    }
  }

  int purge(Connection connection, Duration unusedFor, int most) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, purge)) {
      statement.setLong(1, unusedFor.toSeconds());
      statement.setInt(2, most);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
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
