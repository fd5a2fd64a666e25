package io.sagaflow.jdbc;

import io.sagaflow.LockClaim;
import io.sagaflow.SagaId;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.LockAnswer.Deadlock;
import io.sagaflow.store.LockAnswer.Granted;
import io.sagaflow.store.LockAnswer.Waiting;
import io.sagaflow.store.LockRules;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaLocks;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Keeps semantic locks in a table of their own.
 *
 * <p>Who asks for a key takes the key's advisory lock until its transaction ends, so that of two
 * who ask at once the second sees what the first has got, and tickets are given in the order of the
 * commits. The keys' locks are taken in one order. Who has to wait and holds something already
 * takes the lock of all waits as well, last, so that no two overlook that they wait for each other:
 * in a cycle, whoever asked last holds something, or nobody would wait for it.
 *
 * <p>A process that freezes in between would hold up others, and the eviction of its own node: so
 * the transaction has {@link Bounds}.
 *
 * <p>No row of a saga is locked, and nothing here waits for one. The fence is the heartbeat row, as
 * for claims; so whatever a node still asks for is there before its sagas are another's.
 */
final class LockTable implements SagaLocks {

  private static final String COLUMNS = "l.lock_key, l.saga_id, l.holder, l.held, l.since";

  private final Database database;
  private final String waits;
  private final String fence;
  private final String lockKeys;
  private final String lockWaits;
  private final String rootIsOver;
  private final String forgetEnded;
  private final String ask;
  private final String live;
  private final String hold;
  private final String forgetWaiting;
  private final String holds;
  private final String contended;
  private final String giveUp;
  private final String withdraw;
  private final String next;
  private final String ofKey;
  private final String ofHolder;

  LockTable(Database database, Tables tables) {
    this.database = database;
    this.waits = "sagaflow lock " + tables + " ";
    this.fence = tables.fill("SELECT id FROM ${t}node WHERE id = ? FOR KEY SHARE");
    this.lockKeys =
        Bounds.SHORT_WAITS.on(
            """
            SELECT pg_advisory_xact_lock(k.hash)
            FROM (SELECT DISTINCT hashtextextended(? || name, 0) AS hash
                  FROM unnest(?::text[]) name ORDER BY hash) k
            """);
    this.lockWaits = "SELECT pg_advisory_xact_lock(hashtextextended(?, 1))";
    this.rootIsOver =
        tables.fill(
            """
            SELECT NOT EXISTS (SELECT FROM ${t}instance
                               WHERE id = ? AND status NOT IN ('COMPLETED', 'COMPENSATED'))
            """);
    this.forgetEnded =
        tables.fill(
            """
            DELETE FROM ${t}lock l
            WHERE l.lock_key = ANY (?) AND NOT EXISTS (
              SELECT FROM ${t}instance i
              WHERE i.id = l.holder AND i.status NOT IN ('COMPLETED', 'COMPENSATED'))
            """);
    this.ask =
        tables.fill(
            """
            INSERT INTO ${t}lock (lock_key, saga_id, holder)
            SELECT k, ?, ? FROM unnest(?::text[]) k
            WHERE NOT EXISTS (
              SELECT FROM ${t}lock l WHERE l.lock_key = k AND l.holder = ? AND l.held)
            ORDER BY k ON CONFLICT DO NOTHING
            """);
    String liveClaims =
        "SELECT "
            + COLUMNS
            + " FROM ${t}lock l LEFT JOIN ${t}instance i ON i.id = l.saga_id"
            + " WHERE (l.held OR i.status = 'RUNNING') AND ";
    this.live = tables.fill(liveClaims + "l.lock_key = ANY (?) ORDER BY l.ticket");
    this.contended =
        tables.fill(
            liveClaims
                + "l.lock_key IN (SELECT w.lock_key FROM ${t}lock w WHERE NOT w.held)"
                + " ORDER BY l.ticket");
    this.hold =
        tables.fill(
            """
            UPDATE ${t}lock l SET held = true
            FROM (SELECT DISTINCT ON (f.lock_key) f.lock_key, f.saga_id FROM ${t}lock f
                  WHERE f.lock_key = ANY (?) AND f.holder = ?
                  ORDER BY f.lock_key, f.held DESC, f.ticket) first
            WHERE l.lock_key = first.lock_key AND l.saga_id = first.saga_id AND NOT l.held
            """);
    this.forgetWaiting =
        tables.fill("DELETE FROM ${t}lock WHERE lock_key = ANY (?) AND holder = ? AND NOT held");
    this.holds =
        tables.fill(
            "SELECT EXISTS (SELECT FROM ${t}lock WHERE holder = ? AND (held OR lock_key <> ALL (?)))");
    this.giveUp =
        tables.fill("DELETE FROM ${t}lock WHERE lock_key = ANY (?) AND saga_id = ? AND NOT held");
    this.withdraw = tables.fill("DELETE FROM ${t}lock WHERE saga_id = ? AND NOT held");
    this.next =
        tables.fill(
            """
            SELECT w.saga_id FROM ${t}lock w JOIN ${t}instance i ON i.id = w.saga_id
            WHERE NOT w.held AND i.status = 'RUNNING'
            GROUP BY w.saga_id, w.since -- the keys that were asked for in one transaction
            HAVING bool_and(NOT EXISTS (
              SELECT FROM ${t}lock b JOIN ${t}instance bi
                ON bi.id = CASE WHEN b.held THEN b.holder ELSE b.saga_id END
              WHERE b.lock_key = w.lock_key AND b.holder <> w.holder
                AND CASE WHEN b.held THEN bi.status NOT IN ('COMPLETED', 'COMPENSATED')
                         ELSE b.ticket < w.ticket AND bi.status = 'RUNNING' END))
            ORDER BY min(w.ticket) LIMIT ?
            """);
    this.ofKey =
        tables.fill(
            "SELECT "
                + COLUMNS
                + " FROM ${t}lock l WHERE l.lock_key = ? ORDER BY held DESC, ticket");
    this.ofHolder =
        tables.fill(
            "SELECT " + COLUMNS + " FROM ${t}lock l WHERE l.holder = ? ORDER BY lock_key, ticket");
  }

  @Override
  public LockAnswer acquire(NodeId owner, SagaId saga, SagaId root, Set<String> keys) {
    Set<String> sorted = new TreeSet<>(keys);
    return database.transaction(
        "take locks for saga " + saga,
        connection -> {
          Keys wanted = new Keys(connection, sorted);
          run(connection, lockKeys, waits, wanted.array());
          requireLease(connection, owner);
          boolean own = root.equals(saga) || is(connection, rootIsOver, root.value());
          return acquire(connection, saga, own ? saga : root, wanted);
        });
  }

  private LockAnswer acquire(Connection connection, SagaId saga, SagaId holder, Keys keys)
      throws SQLException {
    run(connection, forgetEnded, keys.array());
    run(connection, ask, saga.value(), holder.value(), keys.array(), holder.value());
    Set<SagaId> blockers = LockRules.blockers(claims(connection, live, keys.array()), holder);
    if (blockers.isEmpty()) {
      run(connection, hold, keys.array(), holder.value());
      run(connection, forgetWaiting, keys.array(), holder.value());
      return new Granted();
    }
    boolean asksForMore = is(connection, holds, holder.value(), keys.array());
    if (asksForMore && isDeadlock(connection, holder)) {
      run(connection, giveUp, keys.array(), saga.value());
      return new Deadlock(blockers);
    }
    return new Waiting(blockers);
  }

  private boolean isDeadlock(Connection connection, SagaId holder) throws SQLException {
    run(connection, lockWaits, waits);
    return LockRules.isDeadlock(claims(connection, contended), holder);
  }

  private void requireLease(Connection connection, NodeId owner) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, fence)) {
      statement.setObject(1, owner.value());
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new NodeFencedException(owner);
        }
      }
    }
  }

  /** Keys as a parameter. */
  private record Keys(Connection connection, Set<String> names) {

    Array array() throws SQLException {
      return connection.createArrayOf("text", names.toArray());
    }
  }

  private static void run(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, parameters)) {
      statement.execute();
    }
  }

  private static boolean is(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  private static List<LockClaim> claims(Connection connection, String sql, Object... parameters)
      throws SQLException {
    List<LockClaim> claims = new ArrayList<>();
    try (PreparedStatement statement = prepared(connection, sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        claims.add(
            new LockClaim(
                rows.getString(1),
                new SagaId(rows.getObject(2, UUID.class)),
                new SagaId(rows.getObject(3, UUID.class)),
                rows.getBoolean(4),
                rows.getObject(5, OffsetDateTime.class).toInstant()));
      }
    }
    return claims;
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = Database.prepare(connection, sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  @Override
  public void withdraw(SagaId saga) {
    database.autocommit(
        "withdraw saga " + saga + " from queues for locks",
        connection -> {
          run(connection, withdraw, saga.value());
          return saga;
        });
  }

  @Override
  public List<SagaId> next(int limit) {
    return database.autocommit(
        "find sagas whose locks are free",
        connection -> {
          List<SagaId> ids = new ArrayList<>();
          try (PreparedStatement statement = prepared(connection, next, limit);
              ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              ids.add(new SagaId(rows.getObject(1, UUID.class)));
            }
          }
          return ids;
        });
  }

  @Override
  public List<LockClaim> claims(String key) {
    return database.autocommit(
        "read who claims lock " + key, connection -> claims(connection, ofKey, key));
  }

  @Override
  public List<LockClaim> claims(SagaId holder) {
    return database.autocommit(
        "read the locks of saga " + holder,
        connection -> claims(connection, ofHolder, holder.value()));
  }
}
