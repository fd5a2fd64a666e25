package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class OverdueTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final AtomicLong nanos = new AtomicLong();
  private final Overdue overdue = new Overdue(Duration.ofSeconds(30), nanos::get);

  @Test
  void givenStatementThatWaits_whenItsTimeIsOver_thenItIsCancelledAndNotBefore() throws Exception {
    look.execute("INSERT INTO saga_schema (version) VALUES (7)");
    try (Connection other = database.getConnection()) {
      other.setAutoCommit(false);
      Look.execute(other, "DELETE FROM saga_schema WHERE version = 7");
      CompletableFuture<String> waiting =
          CompletableFuture.supplyAsync(
              () -> stateOf("SELECT 1 FROM saga_schema WHERE version = 7 FOR UPDATE"),
              task -> new Thread(task, "waiting").start());
      look.awaitLockWait();

      nanos.addAndGet(TimeUnit.SECONDS.toNanos(29));
      overdue.look();
      look.awaitLockWait(); // still
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      overdue.look();

      assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("57014");
      other.commit();
    }
  }

  @Test
  void givenStatementThatHasEnded_whenTimeGoesBy_thenItsConnectionIsLeftAlone() throws Exception {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
      boolean found = overdue.watch(statement, statement::execute);
      nanos.addAndGet(TimeUnit.HOURS.toNanos(1));

      overdue.look();

      assertThat(found).isTrue();
      assertThat(statement.execute()).isTrue();
    }
  }

  @Test
  void givenCommitThatWaitsForAStandby_whenTheWaitIsCancelled_thenItIsNotBelieved()
      throws Exception {
    look.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    look.execute("SELECT pg_reload_conf()");
    try (Connection connection = SharedDatabase.begin()) {
      connection.setAutoCommit(true);
      Look.execute(connection, "SET synchronous_commit = on"); // it is off in tests
      CompletableFuture<String> waiting =
          CompletableFuture.supplyAsync(
              () -> stateOf(connection, "INSERT INTO saga_definition VALUES ('d', 1, 'f', 's')"),
              task -> new Thread(task, "waiting").start());
      look.await("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
      overdue.look();

      assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("08007");
    } finally {
      look.execute("ALTER SYSTEM RESET synchronous_standby_names");
      look.execute("SELECT pg_reload_conf()");
    }
  }

  /** The SQLState that a statement ends with. */
  private String stateOf(String sql) {
    try (Connection connection = database.getConnection()) {
      return stateOf(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException("No connection", e);
    }
  }

  private String stateOf(Connection connection, String sql) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      overdue.watch(statement, statement::execute);
      return "none";
    } catch (SQLException e) {
      return String.valueOf(e.getSQLState());
    }
  }
}
