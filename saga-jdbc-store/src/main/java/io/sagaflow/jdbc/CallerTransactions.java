package io.sagaflow.jdbc;

import io.sagaflow.LocalTransaction;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.TransactionRunner;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.JoinedStart;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.TransactionalStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes within transactions of others. A statement that fails spoils the whole of a transaction,
 * so whatever can be checked is checked before.
 */
final class CallerTransactions implements TransactionalStore {

  private static final int TRIES = 3;

  private final Database database;
  private final TransactionAppends appends;
  private final OwnTransactions own;
  private final String start;

  CallerTransactions(Database database, Tables tables, int own) {
    this.database = database;
    this.appends = new TransactionAppends(tables);
    this.own = new OwnTransactions(database, own);
    // The advisory lock says until the transaction's end that its key is taken: a batch of starts
    // leaves such a one out. The last part looks with the snapshot from before the insert: it finds
    // who had the key, and
    // never what the insert has just written.
    this.start =
        tables.fill(
            """
            WITH given AS (
              SELECT ?::uuid AS id, ?::text AS definition, ?::int AS version,
                     ?::text AS business_key),
            lock AS MATERIALIZED (SELECT pg_advisory_xact_lock(${key}) FROM given),
            started AS (
              INSERT INTO ${t}instance (id, definition, version, business_key, status, wake_at)
              SELECT g.id, g.definition, g.version, g.business_key, 'RUNNING', 'epoch'
              FROM lock, given g
              ON CONFLICT (definition, business_key) DO NOTHING
              RETURNING id),
            journaled AS (
              INSERT INTO ${t}journal
                (saga_id, seq, at, kind, step, attempt, payload, code, detail, actor, due)
              SELECT s.id, ?::bigint, timestamptz 'epoch' + ?::bigint * interval '1 microsecond',
                     ?::text, ?::text, ?::int, ?::bytea, ?::text, ?::text, ?::text,
                     timestamptz 'epoch' + ?::bigint * interval '1 microsecond'
              FROM started s)
            SELECT id, true, NULL::bytea FROM started
            UNION ALL
            SELECT i.id, false, j.payload
            FROM given g
            JOIN ${t}instance i ON i.definition = g.definition AND i.business_key = g.business_key
            JOIN ${t}journal j ON j.saga_id = i.id AND j.seq = 1
            """);
  }

  @Override
  public JoinedStart start(LocalTransaction transaction, NewSaga saga) {
    Connection connection = transaction.connection();
    try {
      check(connection);
      for (int tries = 0; tries < TRIES; tries++) {
        Optional<JoinedStart> joined = tryStart(connection, saga);
        if (joined.isPresent()) {
          return joined.get();
        } // committed by another since the statement's snapshot: the next one sees it
      }
    } catch (SQLException e) {
      throw explain("start saga " + saga.header(), e);
    }
    throw new SagaStoreException(
        "Saga " + saga.header() + " wasn't started, yet nobody has its key. Repeat the call.",
        null);
  }

  private static void check(Connection connection) throws SQLException {
    if (connection.isClosed()) {
      throw new IllegalArgumentException("The connection is closed: there is no transaction.");
    }
    if (connection.getAutoCommit()) {
      throw new IllegalArgumentException(
          "The connection is in autocommit mode: there is no transaction that the start could"
              + " join. Call setAutoCommit(false) first, or start the saga without a connection.");
    }
    if (connection.isReadOnly()) {
      throw new IllegalArgumentException(
          "The connection is read-only: start the saga in a transaction that may write.");
    }
  }

  private Optional<JoinedStart> tryStart(Connection connection, NewSaga saga) throws SQLException {
    try (PreparedStatement statement = Database.prepare(connection, start)) {
      bind(statement, saga);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(read(rows, saga)) : Optional.empty();
      }
    }
  }

  private static void bind(PreparedStatement statement, NewSaga saga) throws SQLException {
    DefinitionRef definition = saga.header().definition();
    statement.setObject(1, saga.header().id().value());
    statement.setString(2, definition.name());
    statement.setInt(3, definition.version());
    statement.setString(4, saga.header().businessKey());
    Column.bindAll(statement, 5, BatchRows.values(saga.first()));
  }

  private static JoinedStart read(ResultSet rows, NewSaga saga) throws SQLException {
    SagaId id = new SagaId(rows.getObject(1, UUID.class));
    boolean created = rows.getBoolean(2);
    byte[] found = rows.getBytes(3);
    Payload input = found == null ? saga.first().payload() : Payload.of(found);
    return new JoinedStart(id, created, input == null ? Payload.of(new byte[0]) : input);
  }

  @Override
  public void append(LocalTransaction transaction, NodeId owner, SagaAppend append) {
    try {
      check(transaction.connection());
      appends.append(transaction.connection(), owner, append);
    } catch (SQLException e) {
      throw explain("append to saga " + append.sagaId(), e);
    }
  }

  @Override
  public boolean isAppended(SagaAppend append) {
    return database.transaction(
        "find out how a transaction of saga " + append.sagaId() + " ended",
        connection -> appends.isAppended(connection, append));
  }

  @Override
  public TransactionRunner runner() {
    return own;
  }

  private SagaStoreException explain(String doing, SQLException e) {
    SqlFailure failure = SqlFailure.of(e);
    String message =
        SqlFailure.explain(doing + " within a transaction", database.server(), e).getMessage()
            + " The transaction can only be rolled back"
            + (failure == SqlFailure.UNAVAILABLE
                ? ", and may then be repeated from its beginning."
                : ".");
    return failure == SqlFailure.REFUSED
        ? new JournalRefusedException(message, e)
        : new SagaStoreException(message, e);
  }
}
