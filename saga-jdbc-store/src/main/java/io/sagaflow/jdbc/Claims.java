package io.sagaflow.jdbc;

import static java.time.temporal.ChronoUnit.MICROS;

import io.sagaflow.SagaId;
import io.sagaflow.store.ClaimTurns;
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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Makes a node the owner of sagas that are due.
 *
 * <p>A claim whose commit broke may have happened, and then nobody would drive its sagas while the
 * node lives. So they are remembered, and the next claim first gives them back.
 */
final class Claims {

  /** What {@link ClaimTurns.Part#has} divides: the last 28 bits of the id. */
  private static final String BITS = "('x' || right(i.id::text, 7))::bit(28)::int";

  private final Database database;
  private final Journals journals;
  private final Releases releases;
  private final ClaimTurns turns = new ClaimTurns();
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
    // row that two transactions lock at once costs a multixact. What was given back is divided as
    // ClaimTurns says; where that isn't to be, the first look is for none. It asks for what is not
    // above -infinity, and not for what equals it: so the order is worth something to the planner,
    // which keeps to the index of what is due.
    this.claim =
        Bounds.LONG_WAITS.on(
            tables.fill(
                """
            WITH fence AS (SELECT id FROM ${t}node WHERE id = ? FOR KEY SHARE),
                 living AS (
                   SELECT greatest(count(*), 1)::int AS nodes,
                          (count(*) FILTER (WHERE n.id < ?))::int AS rank
                   FROM ${t}node n WHERE n.lane = 0),
                 given AS (
                   SELECT i.id,
                          ${bits} % (SELECT nodes FROM living) = (SELECT rank FROM living) AS own
                   FROM ${t}instance i
                   WHERE i.owner IS NULL AND i.wake_at <= '-infinity'
                     AND (i.definition, i.version) IN (
                       SELECT d.name, d.version FROM unnest(?::text[], ?::int[]) d(name, version))
                   ORDER BY i.wake_at LIMIT ?),
                 passed AS (
                   SELECT g.id FROM given g
                   WHERE NOT g.own AND (SELECT count(*) FROM given) > ${few} LIMIT 1),
                 due AS (
                   SELECT i.id, i.orphaned, i.wake_at FROM ${t}instance i
                   WHERE i.owner IS NULL AND i.wake_at <= ?::timestamptz
                     AND (i.definition, i.version) IN (
                       SELECT d.name, d.version FROM unnest(?::text[], ?::int[]) d(name, version))
                     AND i.id <> ALL (?) AND EXISTS (SELECT FROM fence)
                     AND (i.wake_at > '-infinity' OR NOT EXISTS (SELECT FROM passed)
                       OR ${bits} % (SELECT nodes FROM living) = (SELECT rank FROM living))
                   ORDER BY i.wake_at LIMIT ? FOR UPDATE OF i SKIP LOCKED),
                 claimed AS (
                   UPDATE ${t}instance i
                   SET owner = ?, wake_at = NULL,
                       step = CASE WHEN i.status = 'STUCK' THEN i.step END,
                       recoveries = i.recoveries + due.orphaned::int
                   FROM due WHERE i.id = due.id
                   RETURNING i.id, i.definition, i.version, i.business_key, i.status,
                             due.orphaned, i.recoveries, due.wake_at)
            SELECT c.id, c.definition, c.version, c.business_key, c.status, c.orphaned, c.recoveries,
                   (SELECT p.id FROM passed p)
            FROM fence LEFT JOIN claimed c ON true ORDER BY c.wake_at, c.id
            """
                    .replace("${bits}", BITS)
                    .replace("${few}", Integer.toString(ClaimTurns.FEW))));
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
    int look = turns.look(owner, now);
    Portion portion =
        database.transaction(
            "claim sagas for node " + owner,
            connection -> {
              Taken taken = take(connection, owner, definitions, now, limit, look);
              List<SagaId> ids = taken.sagas().stream().map(Claimed::id).toList();
              if (releases.isAnyOf(ids)) { // begun and committed since the statement was prepared
                connection.rollback();
                return new Portion(List.of(), taken.passedOver());
              }
              List<ClaimedSaga> read = complete(connection, taken.sagas(), ids);
              inDoubt.put(owner, Set.copyOf(ids)); // until the commit is known to have succeeded
              return new Portion(read, taken.passedOver());
            });
    inDoubt.remove(owner);
    turns.claimed(owner, now, portion.passedOver(), portion.sagas().size() == limit);
    return portion.sagas();
  }

  private Taken take(
      Connection connection,
      NodeId owner,
      Set<DefinitionRef> definitions,
      Instant now,
      int limit,
      int look)
      throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, claim)) {
      statement.setObject(1, owner.value());
      statement.setObject(2, owner.value());
      Column names = Column.array();
      Column versions = Column.array();
      definitions.forEach(ref -> names.add(ref.name()));
      definitions.forEach(ref -> versions.add(ref.version()));
      Column.bindAll(statement, 3, List.of(names, versions));
      statement.setInt(5, look);
      statement.setString(6, now.truncatedTo(MICROS).toString());
      Column.bindAll(statement, 7, List.of(names, versions));
      statement.setArray(9, Sagas.ids(connection, releases.underWay()));
      statement.setInt(10, limit);
      statement.setObject(11, owner.value());
      Bounds.execute(statement);
      try (ResultSet rows = statement.getResultSet()) {
        return read(rows, owner);
      }
    }
  }

  /** No row: no lease. One row of nulls: a lease, and nothing due. */
  private static Taken read(ResultSet rows, NodeId owner) throws SQLException {
    if (!rows.next()) {
      throw new NodeFencedException(owner);
    }
    Optional<SagaId> passedOver =
        Optional.ofNullable(rows.getObject(8, UUID.class)).map(SagaId::new);
    List<Claimed> claimed = new ArrayList<>();
    do {
      if (rows.getObject(1) != null) {
        claimed.add(new Claimed(Sagas.Row.read(rows), rows.getBoolean(6), rows.getInt(7)));
      }
    } while (rows.next());
    return new Taken(claimed, passedOver);
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

  /** What a claim took, and the first saga that it left to another node. */
  private record Taken(List<Claimed> sagas, Optional<SagaId> passedOver) {}

  private record Portion(List<ClaimedSaga> sagas, Optional<SagaId> passedOver) {}

  /** A claimed saga before its journal is read. */
  private record Claimed(Sagas.Row row, boolean orphaned, int recoveries) {

    SagaId id() {
      return row.header().id();
    }
  }
}
