package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.StoredCommand;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Commands from anywhere. Posting also counts in the saga's row, since that row's lock is where a
 * post and a release meet: whichever comes second sees the other, and no command is left lying.
 *
 * <p>The end of a saga sets its count to nothing, although a command may have been posted since the
 * statement that ends it began, and lies there still. So whoever asks that a saga be undone that
 * has completed counts anew.
 */
final class Inbox {

  private final Database database;
  private final Sagas sagas;
  private final String post;
  private final String ofOwner;

  Inbox(Database database, Tables tables, Sagas sagas) {
    this.database = database;
    this.sagas = sagas;
    this.post =
        tables.fill(
            """
            WITH posted AS (
                   UPDATE ${t}instance
                   SET commands = CASE WHEN status <> 'COMPLETED' THEN commands + 1 ELSE
                         1 + (SELECT count(*)::int FROM ${t}inbox WHERE saga_id = ?) END,
                       wake_at = CASE WHEN owner IS NULL THEN 'epoch' ELSE wake_at END
                   WHERE id = ?
                     AND (status NOT IN ('COMPLETED', 'COMPENSATED')
                          OR (status = 'COMPLETED' AND ?))
                     AND NOT EXISTS (
                       SELECT FROM ${t}inbox
                       WHERE saga_id = ? AND command_id = ? AND step IS NOT DISTINCT FROM ?)
                   RETURNING id, status),
                 put AS (
                   INSERT INTO ${t}inbox
                     (saga_id, kind, requested_by, reason, step, payload, command_id)
                   SELECT id, ?, ?, ?, ?, ?, ? FROM posted)
            SELECT status FROM posted
            """);
    this.ofOwner =
        tables.fill(
            """
            SELECT b.id, b.saga_id, b.kind, b.requested_by, b.reason, b.step, b.payload,
                   b.command_id
            FROM ${t}inbox b JOIN ${t}instance i ON i.id = b.saga_id
            WHERE i.owner = ? ORDER BY b.id LIMIT ?
            """);
  }

  Optional<SagaStatus> post(SagaId sagaId, NewCommand command) {
    Optional<SagaStatus> posted =
        database.autocommit(
            "post " + command.kind() + " to saga " + sagaId,
            connection -> {
              try (PreparedStatement statement = Database.prepare(connection, post)) {
                bind(statement, sagaId, command);
                return status(statement);
              }
            });
    return posted.isPresent()
        ? posted
        : Optional.ofNullable(sagas.statuses(List.of(sagaId)).get(sagaId));
  }

  private static void bind(PreparedStatement statement, SagaId sagaId, NewCommand command)
      throws SQLException {
    String commandId = command.commandId().orElse(null);
    String step = command.step().orElse(null);
    statement.setObject(1, sagaId.value());
    statement.setObject(2, sagaId.value());
    statement.setBoolean(3, command.kind() == CommandKind.REVERSE);
    statement.setObject(4, sagaId.value());
    statement.setString(5, commandId);
    statement.setString(6, step);
    statement.setString(7, command.kind().name());
    statement.setString(8, command.by());
    statement.setString(9, command.reason());
    statement.setString(10, step);
    statement.setBytes(11, command.payload().map(Payload::bytes).orElse(null));
    statement.setString(12, commandId);
  }

  private static Optional<SagaStatus> status(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      Database.requireReplicated(statement);
      return rows.next() ? Optional.of(Sagas.status(rows.getString(1))) : Optional.empty();
    }
  }

  List<StoredCommand> commands(NodeId owner, int limit) {
    return database.autocommit(
        "read the inboxes of node " + owner,
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, ofOwner)) {
            statement.setObject(1, owner.value());
            statement.setInt(2, limit);
            return read(statement);
          }
        });
  }

  /** Reads rows of id, saga, kind, who, why, step, payload and the command's own id. */
  static List<StoredCommand> read(PreparedStatement statement) throws SQLException {
    List<StoredCommand> commands = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        byte[] payload = rows.getBytes(7);
        commands.add(
            new StoredCommand(
                rows.getLong(1),
                new SagaId(rows.getObject(2, UUID.class)),
                rows.getString(3),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6),
                payload == null ? null : Payload.of(payload),
                rows.getString(8)));
      }
    }
    return commands;
  }
}
