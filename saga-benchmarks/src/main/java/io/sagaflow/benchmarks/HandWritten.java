package io.sagaflow.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * The same saga as a competent developer writes it by hand: plain JDBC on a pool, one statement and
 * one commit for each transition - the start, each step's result, the end. It has what a restart
 * needs: the input, each result, and an index of the sagas that haven't ended. No connection is
 * held while a participant works. It has no lease, no fencing and no compensation, so it does less
 * than the engine.
 */
final class HandWritten implements AutoCloseable {

  static final String SCHEMA = "bench_hand";

  private static final List<String> TABLES =
      List.of(
          "CREATE SCHEMA IF NOT EXISTS bench_hand",
          """
          CREATE TABLE IF NOT EXISTS bench_hand.saga (
            id uuid PRIMARY KEY, business_key text NOT NULL UNIQUE, status text NOT NULL,
            input bytea NOT NULL, started_at timestamptz NOT NULL DEFAULT now(),
            ended_at timestamptz)
          """,
          """
          CREATE INDEX IF NOT EXISTS saga_running ON bench_hand.saga (started_at)
            WHERE status = 'RUNNING'
          """,
          """
          CREATE TABLE IF NOT EXISTS bench_hand.step (
            saga_id uuid NOT NULL, number integer NOT NULL, result bytea NOT NULL,
            at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (saga_id, number))
          """);

  private static final String START =
      "INSERT INTO bench_hand.saga (id, business_key, status, input) VALUES (?, ?, 'RUNNING', ?)";
  private static final String STEP =
      "INSERT INTO bench_hand.step (saga_id, number, result) VALUES (?, ?, ?)";
  private static final String END =
      "UPDATE bench_hand.saga SET status = 'COMPLETED', ended_at = now() WHERE id = ?";

  private final JsonMapper json = JsonMapper.builder().build();
  private final int steps;
  private final HikariDataSource pool;

  HandWritten(Server server, int steps, int connections) throws SQLException {
    this.steps = steps;
    try (Connection connection = server.dataSource().getConnection()) {
      for (String statement : TABLES) {
        Sql.execute(connection, statement);
      }
    }
    this.pool = Server.pool(server.dataSource(), connections);
  }

  /** Runs one saga in the calling thread at each call. */
  Load load(Parcels parcels) {
    return () -> {
      run(parcels.next());
      return CompletableFuture.completedFuture(null);
    };
  }

  private void run(Parcel parcel) throws SQLException, JsonProcessingException {
    UUID id = TimeOrderedIds.next();
    write(START, id, parcel.orderId(), json.writeValueAsBytes(parcel));
    for (int number = 1; number <= steps; number++) {
      Receipt receipt = Receipt.of(parcel, ParcelSaga.stepName(number)); // the participant
      write(STEP, id, number, json.writeValueAsBytes(receipt));
    }
    write(END, id);
  }

  private void write(String sql, Object... values) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("Not one row was written by " + sql);
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
