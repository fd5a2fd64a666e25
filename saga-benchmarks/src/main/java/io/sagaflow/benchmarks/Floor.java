package io.sagaflow.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.jdbc.PostgresSagaStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The physical floor: the journal rows that the engine wrote, inserted into tables of the same
 * shape in batches of the same size by as many connections, each batch one statement and one
 * commit, by nobody who knows what a saga is. The rows of the sagas' own table aren't written, nor
 * is a fence looked at.
 */
final class Floor implements AutoCloseable {

  private static final String SCHEMA = "bench_floor";

  private static final String INSERT =
      """
      INSERT INTO bench_floor.saga_journal
        (saga_id, seq, at, kind, step, attempt, code, detail, actor, due, payload)
      SELECT r.saga_id, r.seq, r.at, r.kind, r.step, r.attempt, r.code, r.detail, r.actor, r.due,
             r.payload
      FROM unnest(?::uuid[], ?::bigint[], ?::text[]::timestamptz[], ?::text[], ?::text[], ?::int[],
             ?::text[], ?::text[], ?::text[], ?::text[]::timestamptz[], ?::bytea[])
        AS r(saga_id, seq, at, kind, step, attempt, code, detail, actor, due, payload)
      """;

  private final HikariDataSource pool;

  Floor(Server server, int connections) throws SQLException {
    try (Connection connection = server.dataSource().getConnection()) {
      Sql.execute(connection, PostgresSagaStore.builder().schema(SCHEMA).schemaSql());
    }
    this.pool = Server.pool(server.dataSource(), connections);
  }

  /** Inserts a batch of rows in the calling thread at each call. */
  Load load(JournalRows rows, int rowsPerBatch) {
    return () -> {
      insert(rows.next(rowsPerBatch));
      return CompletableFuture.completedFuture(null);
    };
  }

  private void insert(List<JournalRow> rows) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(INSERT)) {
      int index = 1;
      for (JournalRow.Column column : JournalRow.COLUMNS) {
        statement.setArray(index++, column.array(connection, rows));
      }
      if (statement.executeUpdate() != rows.size()) {
        throw new IllegalStateException("Not all rows were inserted");
      }
    }
  }

  HikariDataSource pool() {
    return pool;
  }

  @Override
  public void close() {
    pool.close();
  }
}
