package io.sagaflow.jdbc;

import io.sagaflow.ParticipantCall;
import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.SagaId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** A participant behind a barrier: what one step of one saga books in it, and books back. */
final class Till {

  static final String RECEIPT = "receipt for 10";

  private final DataSource database;
  private final ParticipantBarrier barrier;
  private final SagaId saga = new SagaId(UUID.randomUUID());

  /** Takes a database to look into, and a barrier whose connections may break. */
  Till(DataSource database, ParticipantBarrier barrier) {
    this.database = database;
    this.barrier = barrier;
  }

  static void createTables(DataSource database) {
    ParticipantBarrier.create(database).createTable();
    try {
      new Look(database)
          .execute("CREATE TABLE IF NOT EXISTS booking (saga uuid NOT NULL, amount int NOT NULL)");
    } catch (SQLException e) {
      throw new IllegalStateException("Can't create the tables", e);
    }
  }

  ParticipantCall call(Direction direction) {
    return new ParticipantCall(saga, "charge", direction, saga + ":charge:" + direction);
  }

  Arrival charge() throws SQLException {
    return deliver(Direction.ACTION);
  }

  Arrival refund() throws SQLException {
    return deliver(Direction.COMPENSATION);
  }

  /** Delivers a call, which the barrier lets through in a transaction of its own. */
  Arrival deliver(Direction direction) throws SQLException {
    return barrier.pass(call(direction), (connection, receipt) -> book(connection, direction));
  }

  /** Delivers a call within the caller's transaction. */
  Arrival deliver(Connection transaction, Direction direction) throws SQLException {
    return barrier.pass(
        transaction, call(direction), (connection, receipt) -> book(connection, direction));
  }

  String book(Connection connection, Direction direction) throws SQLException {
    int amount = direction == Direction.ACTION ? 10 : -10;
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO booking VALUES (?, ?)")) {
      statement.setObject(1, saga.value());
      statement.setInt(2, amount);
      statement.executeUpdate();
    }
    return "receipt for " + amount;
  }

  long balance() throws SQLException {
    return sum("SELECT coalesce(sum(amount), 0) FROM booking WHERE saga = ?");
  }

  long bookings() throws SQLException {
    return sum("SELECT count(*) FROM booking WHERE saga = ?");
  }

  /** How many rows the barrier has of it. */
  long rows() throws SQLException {
    return sum("SELECT count(*) FROM saga_barrier WHERE saga_id = ?");
  }

  /** Makes its calls older, as if they had come then. */
  void age(int days) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "UPDATE saga_barrier SET at = at - ? * interval '1 day' WHERE saga_id = ?")) {
      statement.setInt(1, days);
      statement.setObject(2, saga.value());
      statement.executeUpdate();
    }
  }

  private long sum(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, saga.value());
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
