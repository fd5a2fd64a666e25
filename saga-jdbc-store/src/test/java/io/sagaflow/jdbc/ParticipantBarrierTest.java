package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.ParticipantCall;
import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.SagaId;
import io.sagaflow.jdbc.Arrival.Kind;
import io.sagaflow.testsupport.Database;
import io.sagaflow.testsupport.TestPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes twice, or in the wrong order, and what a business does that it mustn't. */
class ParticipantBarrierTest {

  private static final Database DATABASE = TestPostgres.freshDatabase();
  private static final DataSource REAL = DATABASE.dataSource();

  private final ParticipantBarrier barrier = ParticipantBarrier.create(REAL);
  private final Till till = new Till(REAL, barrier);
  private final ParticipantCall action = till.call(Direction.ACTION);

  @BeforeAll
  static void createTables() {
    Till.createTables(REAL);
  }

  @Test
  void givenAnAction_whenItComesTwice_thenItTakesEffectOnceAndAnswersTheSame() throws Exception {
    Arrival first = till.charge();
    Arrival second = till.charge();

    assertThat(first).isEqualTo(new Arrival(Kind.DONE, Optional.of(Till.RECEIPT)));
    assertThat(second).isEqualTo(new Arrival(Kind.DUPLICATE, Optional.of(Till.RECEIPT)));
    assertThat(till.balance()).isEqualTo(10);
  }

  @Test
  void givenACompensation_whenItComesTwice_thenItUndoesOnceAndSeesWhatTheActionReturned()
      throws Exception {
    till.charge();
    Arrival first =
        barrier.pass(
            till.call(Direction.COMPENSATION),
            (connection, receipt) -> {
              till.book(connection, Direction.COMPENSATION);
              return "undone: " + receipt.orElseThrow();
            });
    Arrival second = till.refund();

    assertThat(first.result()).contains("undone: " + Till.RECEIPT);
    assertThat(second).isEqualTo(new Arrival(Kind.DUPLICATE, first.result()));
    assertThat(till.balance()).isZero();
    assertThat(till.bookings()).isEqualTo(2);
  }

  @Test
  void givenACompensationThatComesFirst_whenTheActionComes_thenItIsSuppressed() throws Exception {
    assertThat(till.refund().kind()).isEqualTo(Kind.NOTHING_TO_UNDO);
    assertThat(till.charge().kind()).isEqualTo(Kind.SUPPRESSED);
    assertThat(till.refund().kind()).isEqualTo(Kind.DUPLICATE);
    assertThat(till.charge().kind()).isEqualTo(Kind.SUPPRESSED);
    assertThat(till.bookings()).isZero();
  }

  /** Whoever repeats it, after a saga was forced forward, must not take it for done. */
  @Test
  void givenAnActionThatWasCompensated_whenItComesAgain_thenItIsSuppressed() throws Exception {
    till.charge();
    till.refund();

    assertThat(till.charge()).isEqualTo(new Arrival(Kind.SUPPRESSED, Optional.empty()));
    assertThat(till.balance()).isZero();
    assertThat(till.bookings()).isEqualTo(2);
  }

  @Test
  void givenABusinessWithoutAResult_whenItsCallComesAgain_thenThereIsNone() throws Exception {
    assertThat(barrier.pass(action, (connection, none) -> null))
        .isEqualTo(new Arrival(Kind.DONE, Optional.empty()));
    assertThat(till.charge()).isEqualTo(new Arrival(Kind.DUPLICATE, Optional.empty()));
  }

  @Test
  void givenOtherStepsAndSagas_whenTheyCome_thenTheyAreOtherCalls() throws Exception {
    till.charge();
    SagaId saga = action.sagaId();
    ParticipantCall step = new ParticipantCall(saga, "ship", Direction.ACTION, "k");
    ParticipantCall elsewhere =
        new ParticipantCall(new SagaId(UUID.randomUUID()), "charge", Direction.ACTION, "k");

    assertThat(barrier.pass(step, (connection, none) -> null).kind()).isEqualTo(Kind.DONE);
    assertThat(barrier.pass(elsewhere, (connection, none) -> null).kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void givenABusinessThatFails_whenItsCallComesAgain_thenItIsDone() throws Exception {
    assertThatThrownBy(
            () ->
                barrier.<IOException>pass(
                    action,
                    (connection, none) -> {
                      till.book(connection, Direction.ACTION);
                      throw new IOException("declined");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("declined");

    assertThat(till.rows()).isZero();
    assertThat(till.charge().kind()).isEqualTo(Kind.DONE);
    assertThat(till.balance()).isEqualTo(10);
  }

  /** An action that never had an effect leaves nothing, so its compensation is an empty one. */
  @Test
  void givenABusinessThatFails_whenItsCompensationComes_thenThereIsNothingToUndo()
      throws Exception {
    assertThatThrownBy(() -> barrier.pass(action, (connection, none) -> fail()))
        .hasMessage("declined");

    assertThat(till.refund().kind()).isEqualTo(Kind.NOTHING_TO_UNDO);
  }

  private static String fail() {
    throw new IllegalStateException("declined");
  }

  /** PostgreSQL has given up the transaction; the business must not have been done all the same. */
  @ParameterizedTest
  @CsvSource({"true, result", "true,", "false, result", "false,"})
  void givenABusinessThatSwallowsAFailedStatement_whenItReturns_thenTheCallFailsAndMayComeAgain(
      boolean ownTransaction, String result) throws Exception {
    ParticipantBarrier.Business<RuntimeException> careless =
        (connection, none) -> {
          till.book(connection, Direction.ACTION);
          try {
            Look.execute(connection, "SELECT 1 / 0");
          } catch (SQLException e) {
            return result;
          }
          throw new AssertionError();
        };

    assertThatThrownBy(
            () -> {
              if (ownTransaction) {
                barrier.pass(action, careless);
              } else {
                inTransaction(connection -> barrier.pass(connection, action, careless));
              }
            })
        .isInstanceOf(SQLException.class);
    assertThat(till.rows()).isZero();
    assertThat(till.bookings()).isZero();
    assertThat(till.charge().kind()).isEqualTo(Kind.DONE);
  }

  private interface Work {
    void in(Connection connection) throws Exception;
  }

  private static void inTransaction(Work work) throws Exception {
    try (Connection connection = REAL.getConnection()) {
      connection.setAutoCommit(false);
      work.in(connection);
      connection.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", "rollback", "close", "autocommit"})
  void givenABusinessThatEndsTheBarriersTransaction_whenItTries_thenItIsRefused(String how)
      throws Exception {
    assertThatThrownBy(
            () ->
                barrier.pass(
                    action,
                    (connection, none) -> {
                      till.book(connection, Direction.ACTION);
                      end(connection, how);
                      return null;
                    }))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("What passes a barrier");

    assertThat(till.rows()).isZero();
    assertThat(till.bookings()).isZero();
  }

  private static void end(Connection connection, String how) throws SQLException {
    switch (how) {
      case "commit" -> connection.commit();
      case "rollback" -> connection.rollback();
      case "close" -> connection.close();
      default -> connection.setAutoCommit(true);
    }
  }

  @Test
  void givenABusinessWithSavepoints_whenItRollsBackToOne_thenTheRestIsDone() throws Exception {
    barrier.pass(
        action,
        (connection, none) -> {
          till.book(connection, Direction.ACTION);
          Savepoint before = connection.setSavepoint();
          till.book(connection, Direction.ACTION);
          connection.rollback(before);
          return null;
        });

    assertThat(till.balance()).isEqualTo(10);
  }

  @Test
  void givenAResultThatCannotBeKept_whenReturned_thenNothingIsDoneAndItSaysWhy() throws Exception {
    for (String bad : new String[] {"x".repeat(262_145), "a\0b"}) {
      assertThatThrownBy(
              () ->
                  barrier.pass(
                      action,
                      (connection, none) -> {
                        till.book(connection, Direction.ACTION);
                        return bad;
                      }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("charge");
    }

    assertThat(till.bookings()).isZero();
    String longest = "x".repeat(262_144);
    barrier.pass(action, (connection, none) -> longest);
    assertThat(till.charge().result()).contains(longest);
  }

  /** It waits for nothing, so what it sees is as old as its first statement. */
  @ParameterizedTest
  @CsvSource({"TRANSACTION_SERIALIZABLE, true", "TRANSACTION_REPEATABLE_READ, false"})
  void givenAPoolOfAnotherIsolation_whenPassed_thenTheCallIsReadCommittedAndThePoolAsItWas(
      String isolation, boolean autoCommit) throws Exception {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(DATABASE.jdbcUrl());
      pool.setMaximumPoolSize(1);
      pool.setTransactionIsolation(isolation);
      pool.setAutoCommit(autoCommit);
      String[] seen = new String[1];

      ParticipantBarrier.create(pool)
          .pass(
              action,
              (connection, none) -> {
                seen[0] = level(connection);
                return null;
              });

      assertThat(seen).containsExactly("read committed");
      try (Connection connection = pool.getConnection()) {
        assertThat(connection.getAutoCommit()).isEqualTo(autoCommit);
        assertThat("TRANSACTION_" + level(connection).toUpperCase(java.util.Locale.ROOT))
            .isEqualTo(isolation.replace('_', ' ').replaceFirst(" ", "_"));
      }
    }
  }

  private static String level(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW transaction_isolation")) {
      rows.next();
      return rows.getString(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenTheCallersTransaction_whenItEnds_thenTheCallHasComeIfItWasCommitted(boolean committed)
      throws Exception {
    try (Connection connection = REAL.getConnection()) {
      connection.setAutoCommit(false);
      till.deliver(connection, Direction.ACTION);
      if (committed) {
        connection.commit();
      } else {
        connection.rollback();
      }
    }

    assertThat(till.charge().kind()).isEqualTo(committed ? Kind.DUPLICATE : Kind.DONE);
    assertThat(till.balance()).isEqualTo(10);
  }

  /** What the caller had written before stays. */
  @Test
  void givenTheCallersTransaction_whenTheBusinessFailsAndTheCallerCommits_thenNothingHasCome()
      throws Exception {
    Till before = new Till(REAL, barrier);
    inTransaction(
        connection -> {
          before.deliver(connection, Direction.ACTION);
          assertThatThrownBy(() -> barrier.pass(connection, action, (same, none) -> fail()))
              .hasMessage("declined");
        });

    assertThat(before.balance()).isEqualTo(10);
    assertThat(till.rows()).isZero();
    assertThat(till.charge().kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void givenAConnectionWithoutATransaction_whenPassed_thenItIsRefusedAndSaysWhy() throws Exception {
    try (Connection connection = REAL.getConnection()) {
      assertThatThrownBy(() -> till.deliver(connection, Direction.ACTION))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("autocommit");
    }
    assertThat(till.rows()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
  void givenASnapshotThatMayBeOlder_whenPassed_thenItIsRefusedAndSaysWhy(int isolation)
      throws Exception {
    try (Connection connection = REAL.getConnection()) {
      connection.setTransactionIsolation(isolation);
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> till.deliver(connection, Direction.ACTION))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("READ COMMITTED");
    }
    assertThat(till.rows()).isZero();
  }
}
