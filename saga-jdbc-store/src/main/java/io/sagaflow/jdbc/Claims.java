package io.sagaflow.jdbc;

import static java.time.temporal.ChronoUnit.MICROS;

import io.sagaflow.SagaId;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a node the owner of sagas that are due.
 *
 * <p>A claim whose commit broke may have happened, and then nobody would drive its sagas while the
 * node lives. So they are remembered, and the next claim first gives them back.
 */
final class Claims {

  private final Database database;
  private final Journals journals;
  private final Releases releases;
  private final String claim;
  private final String inboxes;
  private final String lockRows;
  private final String giveBack;

  /** Claims that may have been committed; guarded by this. */
  private final Map<NodeId, Set<SagaId>> inDoubt = new HashMap<>();

  Claims(Database database, Tables tables, Journals journals, Releases releases) {
    this.database = database;
    this.journals = journals;
    this.releases = releases;
    // The row stays orphaned until its new owner changes it: should that one leave before it has
    // written anything, the next one still has to know. The fence is the heartbeat row: the slot
    // row belongs to the lane's connection alone, since a
    // row that two transactions lock at once costs a multixact.
    this.claim =
        Bounds.LONG_WAITS.on(
            tables.fill(
                """
            WITH fence AS (SELECT id FROM ${t}node WHERE id = ? FOR KEY SHARE),
                 due AS (
                   SELECT i.id, i.orphaned, i.wake_at FROM ${t}instance i
                   WHERE i.owner IS NULL AND i.wake_at <= ?::timestamptz
                     AND (i.definition, i.version) IN (
                       SELECT d.name, d.version FROM unnest(?::text[], ?::int[]) d(name, version))
                     AND i.id <> ALL (?) AND EXISTS (SELECT FROM fence)
                   ORDER BY i.wake_at LIMIT ? FOR UPDATE OF i SKIP LOCKED),
                 claimed AS (
                   UPDATE ${t}instance i
                   SET owner = ?, wake_at = NULL,
                       step = CASE WHEN i.status = 'STUCK' THEN i.step END,
                       recoveries = i.recoveries + due.orphaned::int
                   FROM due WHERE i.id = due.id
                   RETURNING i.id, i.definition, i.version, i.business_key, i.status,
                             due.orphaned, i.recoveries, due.wake_at)
            SELECT c.id, c.definition, c.version, c.business_key, c.status, c.orphaned, c.recoveries
            FROM fence LEFT JOIN claimed c ON true ORDER BY c.wake_at, c.id
            """));
    this.inboxes =
        tables.fill(
            """
            SELECT id, saga_id, kind, requested_by, reason, step, payload, command_id
            FROM ${t}inbox WHERE saga_id = ANY (?) ORDER BY id
            """);
    this.lockRows =
        Bounds.LONG_WAITS.on(
            tables.fill("SELECT id FROM ${t}instance WHERE id = ANY (?) ORDER BY id FOR UPDATE"));
    this.giveBack =
        tables.fill(
            """
            UPDATE ${t}instance SET owner = NULL, wake_at = '-infinity'
            WHERE id = ANY (?) AND owner = ?
            """);
  }

  /** One at a time: what is in doubt has to be known before the next claim. */
  synchronized List<ClaimedSaga> claim(
      NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit) {
    giveBackWhatIsInDoubt(owner);
    List<ClaimedSaga> sagas =
        database.transaction(
            "claim sagas for node " + owner,
            connection -> {
              List<Claimed> claimed = take(connection, owner, definitions, now, limit);
              List<SagaId> ids = claimed.stream().map(Claimed::id).toList();
              if (releases.isAnyOf(ids)) { // begun and committed since the statement was prepared
                connection.rollback();
                return List.<ClaimedSaga>of();
              }
              List<ClaimedSaga> read = complete(connection, claimed, ids);
              inDoubt.put(owner, Set.copyOf(ids)); // until the commit is known to have succeeded
              return read;
            });
    inDoubt.remove(owner);
    return sagas;
  }

  private List<Claimed> take(
      Connection connection, NodeId owner, Set<DefinitionRef> definitions, Instant now, int limit)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, claim)) {
      statement.setObject(1, owner.value());
      statement.setString(2, now.truncatedTo(MICROS).toString());
      Column names = Column.array();
      Column versions = Column.array();
      definitions.forEach(ref -> names.add(ref.name()));
      definitions.forEach(ref -> versions.add(ref.version()));
      Column.bindAll(statement, 3, List.of(names, versions));
      statement.setArray(5, Sagas.ids(connection, releases.underWay()));
      statement.setInt(6, limit);
      statement.setObject(7, owner.value());
      Bounds.execute(statement);
      try (ResultSet rows = statement.getResultSet()) {
        return read(rows, owner);
      }
    }
  }

  /** No row: no lease. One row of nulls: a lease, and nothing due. */
  private static List<Claimed> read(ResultSet rows, NodeId owner) throws SQLException {
    if (!rows.next()) {
      throw new NodeFencedException(owner);
    }
    List<Claimed> claimed = new ArrayList<>();
    do {
      if (rows.getObject(1) != null) {
        claimed.add(new Claimed(Sagas.Row.read(rows), rows.getBoolean(6), rows.getInt(7)));
      }
    } while (rows.next());
    return claimed;
  }

  private List<ClaimedSaga> complete(Connection connection, List<Claimed> claimed, List<SagaId> ids)
      throws SQLException {
    if (claimed.isEmpty()) {
      return List.of();
    }
    Map<SagaId, List<StoredRecord>> records = journals.read(connection, ids);
    Map<SagaId, List<StoredCommand>> commands = commands(connection, ids);
    return claimed.stream()
        .map(
            saga ->
                new ClaimedSaga(
                    saga.row().with(records.getOrDefault(saga.id(), List.of())),
                    saga.orphaned(),
                    saga.recoveries(),
                    commands.getOrDefault(saga.id(), List.of())))
        .toList();
  }

  private Map<SagaId, List<StoredCommand>> commands(Connection connection, List<SagaId> ids)
      throws SQLException {
    Map<SagaId, List<StoredCommand>> commands = new HashMap<>();
    try (PreparedStatement statement = Database.prepare(connection, inboxes)) {
      statement.setArray(1, Sagas.ids(connection, ids));
      for (StoredCommand command : Inbox.read(statement)) {
        commands.computeIfAbsent(command.sagaId(), id -> new ArrayList<>()).add(command);
      }
    }
    return commands;
  }

  /** Locks first: that waits for a commit in doubt, and the next statement sees how it ended. */
  private void giveBackWhatIsInDoubt(NodeId owner) {
    Set<SagaId> doubts = inDoubt.getOrDefault(owner, Set.of());
    if (doubts.isEmpty()) {
      return;
    }
    database.transaction(
        "give back what a broken claim of node " + owner + " took",
        connection -> {
          try (PreparedStatement statement = Database.prepare(connection, lockRows)) {
            statement.setArray(1, Sagas.ids(connection, doubts));
            statement.execute();
          }
          try (PreparedStatement statement = Database.prepare(connection, giveBack)) {
            statement.setArray(1, Sagas.ids(connection, doubts));
            statement.setObject(2, owner.value());
            return statement.executeUpdate();
          }
        });
    inDoubt.remove(owner);
  }

  /** A claimed saga before its journal is read. */
  private record Claimed(Sagas.Row row, boolean orphaned, int recoveries) {

    SagaId id() {
      return row.header().id();
    }
  }
}
