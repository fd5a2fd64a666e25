package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.ParticipantCall;
import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.SagaId;
import io.sagaflow.jdbc.Arrival.Kind;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever comes twice, late, in the wrong order or while the participant dies: an action takes
 * effect once at most, and never after its compensation.
 */
class ParticipantBarrierTest {

  private static final DataSource REAL = TestPostgres.freshDatabase().dataSource();

  private final BreakingDataSource dataSource = new BreakingDataSource(REAL);
  private final ParticipantBarrier barrier = ParticipantBarrier.create(dataSource);
  private final SagaId saga = new SagaId(UUID.randomUUID());
  private final ParticipantCall action = call(Direction.ACTION);
  private final ParticipantCall compensation = call(Direction.COMPENSATION);

  private ParticipantCall call(Direction direction) {
    return new ParticipantCall(saga, "charge", direction, saga + ":charge:" + direction);
  }

  @BeforeEach
  void createTables() throws SQLException {
    ParticipantBarrier.create(REAL).createTable();
    try (Connection connection = REAL.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS account (saga uuid NOT NULL, booked bigint NOT NULL)");
    }
  }

  private String book(Connection connection, long amount) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO account VALUES (?, ?)")) {
      statement.setObject(1, saga.value());
      statement.setLong(2, amount);
      statement.executeUpdate();
    }
    return "receipt for " + amount;
  }

  private Arrival charge() throws SQLException {
    return barrier.pass(action, (connection, none) -> book(connection, 10));
  }

  private Arrival refund() throws SQLException {
    return barrier.pass(compensation, (connection, receipt) -> book(connection, -10));
  }

  private long balance() throws SQLException {
    return sum("SELECT coalesce(sum(booked), 0) FROM account WHERE saga = ?");
  }

  private long bookings() throws SQLException {
    return sum("SELECT count(*) FROM account WHERE saga = ?");
  }

  private long sum(String sql) throws SQLException {
    try (Connection connection = REAL.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, saga.value());
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Test
  void givenAnAction_whenItComesTwice_thenItTakesEffectOnceAndAnswersTheSame() throws Exception {
    Arrival first = charge();
    Arrival second = charge();

    assertThat(first).isEqualTo(new Arrival(Kind.DONE, Optional.of("receipt for 10")));
    assertThat(second).isEqualTo(new Arrival(Kind.DUPLICATE, Optional.of("receipt for 10")));
    assertThat(balance()).isEqualTo(10);
  }

  @Test
  void givenACompensation_whenItComesTwice_thenItUndoesOnceAndSeesWhatTheActionReturned()
      throws Exception {
    charge();
    Arrival first =
        barrier.pass(
            compensation,
            (connection, receipt) -> {
              book(connection, -10);
              return "undone: " + receipt.orElseThrow();
            });
    Arrival second = refund();

    assertThat(first.result()).contains("undone: receipt for 10");
    assertThat(second).isEqualTo(new Arrival(Kind.DUPLICATE, first.result()));
    assertThat(balance()).isZero();
    assertThat(bookings()).isEqualTo(2);
  }

  @Test
  void givenACompensationThatComesFirst_whenTheActionComes_thenItIsSuppressed() throws Exception {
    assertThat(refund().kind()).isEqualTo(Kind.NOTHING_TO_UNDO);
    assertThat(charge().kind()).isEqualTo(Kind.SUPPRESSED);
    assertThat(refund().kind()).isEqualTo(Kind.DUPLICATE);
    assertThat(charge().kind()).isEqualTo(Kind.SUPPRESSED);
    assertThat(bookings()).isZero();
  }

  @Test
  void givenAnActionAfterItsCompensation_whenItIsADuplicate_thenItAnswersAsBefore()
      throws Exception {
    charge();
    refund();

    assertThat(charge().kind()).isEqualTo(Kind.DUPLICATE);
    assertThat(balance()).isZero();
  }

  @Test
  void givenABusinessThatFails_whenItsCallComesAgain_thenItIsDone() throws Exception {
    assertThatThrownBy(
            () ->
                barrier.<IllegalStateException>pass(
                    action,
                    (connection, none) -> {
                      book(connection, 10);
                      throw new IllegalStateException("declined");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("declined");

    assertThat(bookings()).isZero();
    assertThat(charge().kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void givenOtherStepsAndSagas_whenTheyCome_thenTheyAreOtherCalls() throws Exception {
    charge();
    ParticipantCall other = new ParticipantCall(saga, "ship", Direction.ACTION, saga + ":ship");

    assertThat(barrier.pass(other, (connection, none) -> null).kind()).isEqualTo(Kind.DONE);
  }

  /** The second waits in its insert until the first has committed, and then has its result. */
  @ParameterizedTest
  @EnumSource
  void givenACallUnderWay_whenAnotherOfItsStepComes_thenItWaits(Direction second) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Arrival> first =
        async(
            threads,
            () ->
                barrier.pass(
                    action,
                    (connection, none) -> {
                      inside.countDown();
                      go.await();
                      return book(connection, 10);
                    }));
    inside.await();
    CompletableFuture<Arrival> later =
        async(threads, () -> second == Direction.ACTION ? charge() : refund());
    awaitLockWait();

    assertThat(later).isNotDone();
    go.countDown();

    assertThat(first.get(60, TimeUnit.SECONDS).kind()).isEqualTo(Kind.DONE);
    assertThat(later.get(60, TimeUnit.SECONDS).kind())
        .isEqualTo(second == Direction.ACTION ? Kind.DUPLICATE : Kind.DONE);
    assertThat(balance()).isEqualTo(second == Direction.ACTION ? 10 : 0);
    threads.shutdown();
  }

  private interface Task {
    Arrival run() throws Exception;
  }

  private static CompletableFuture<Arrival> async(ExecutorService threads, Task task) {
    CompletableFuture<Arrival> result = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            result.complete(task.run());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Until PostgreSQL says that a session waits for another's transaction. */
  private static void awaitLockWait() throws SQLException {
    String waits =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND wait_event_type = 'Lock'";
    try (Connection connection = REAL.getConnection();
        Statement statement = connection.createStatement()) {
      long seen = 0;
      while (seen == 0) {
        try (ResultSet rows = statement.executeQuery(waits)) {
          rows.next();
          seen = rows.getLong(1);
        }
      }
    }
  }

  /**
   * Statement by statement, until one run gets through; then the calls come again, in any order.
   */
  @ParameterizedTest
  @EnumSource(value = Break.class)
  void givenAParticipant_whenItDiesAtAnyStatement_thenItsCallsComeAgainWithoutHarm(Break where)
      throws Exception {
    boolean survived = false;
    for (int statement = 1; !survived; statement++) {
      survived = diesAt(where, statement);
    }
  }

  private boolean diesAt(Break where, int statement) throws Exception {
    ParticipantBarrierTest fresh = new ParticipantBarrierTest();
    fresh.dataSource.breakAt(where, statement);
    boolean charged = fresh.survives(fresh::charge);
    boolean refunded = charged && fresh.survives(fresh::refund);
    fresh.dataSource.heal();

    Arrival refund = fresh.refund();
    Arrival charge = fresh.charge();

    assertThat(fresh.balance()).as("%s statement %s", where, statement).isZero();
    assertThat(refund.kind()).isIn(List.of(Kind.DONE, Kind.DUPLICATE, Kind.NOTHING_TO_UNDO));
    assertThat(charge.kind()).isIn(List.of(Kind.SUPPRESSED, Kind.DUPLICATE));
    return refunded;
  }

  private boolean survives(Task task) throws Exception {
    try {
      task.run();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource(value = Break.class)
  void givenAnActionThatDiesAtAnyStatement_whenItComesAgain_thenItTakesEffectOnce(Break where)
      throws Exception {
    boolean survived = false;
    for (int statement = 1; !survived; statement++) {
      ParticipantBarrierTest fresh = new ParticipantBarrierTest();
      fresh.dataSource.breakAt(where, statement);
      survived = fresh.survives(fresh::charge);
      fresh.dataSource.heal();

      fresh.charge();

      assertThat(fresh.balance()).as("%s statement %s", where, statement).isEqualTo(10);
    }
  }

  @Test
  void givenTheCallersTransaction_whenItIsRolledBack_thenNothingHasCome() throws Exception {
    try (Connection connection = REAL.getConnection()) {
      connection.setAutoCommit(false);
      barrier.pass(connection, action, (same, none) -> book(same, 10));
      connection.rollback();
    }

    assertThat(charge().kind()).isEqualTo(Kind.DONE);
    assertThat(balance()).isEqualTo(10);
  }

  @Test
  void givenTheCallersTransaction_whenItIsCommitted_thenTheCallHasCome() throws Exception {
    try (Connection connection = REAL.getConnection()) {
      connection.setAutoCommit(false);
      barrier.pass(connection, action, (same, none) -> book(same, 10));
      connection.commit();
    }

    assertThat(charge().kind()).isEqualTo(Kind.DUPLICATE);
  }

  @Test
  void givenTheCallersTransaction_whenTheBusinessFailsAndTheCallerCommits_thenNothingHasCome()
      throws Exception {
    try (Connection connection = REAL.getConnection()) {
      connection.setAutoCommit(false);
      assertThatThrownBy(
              () ->
                  barrier.<IllegalStateException>pass(
                      connection,
                      action,
                      (same, none) -> {
                        book(same, 10);
                        throw new IllegalStateException("declined");
                      }))
          .hasMessage("declined");
      connection.commit();
    }

    assertThat(bookings()).isZero();
    assertThat(charge().kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void givenAConnectionWithoutATransaction_whenPassed_thenItIsRefusedAndSaysWhy() throws Exception {
    try (Connection connection = REAL.getConnection()) {
      assertThatThrownBy(() -> barrier.pass(connection, action, (same, none) -> null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("autocommit");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
  void givenASnapshotThatMayBeOlder_whenPassed_thenItIsRefusedAndSaysWhy(int isolation)
      throws Exception {
    try (Connection connection = REAL.getConnection()) {
      connection.setTransactionIsolation(isolation);
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> barrier.pass(connection, action, (same, none) -> null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("READ COMMITTED");
    }
  }

  @Test
  void givenOldCalls_whenPurged_thenBothRowsOfAStepGoTogetherAndOthersStay() throws Exception {
    charge();
    refund();
    age(Duration.ofDays(40), "direction = 'A'");

    assertThat(barrier.purge(Duration.ofDays(30), 100)).as("its compensation is young").isZero();
    assertThat(charge().kind()).isEqualTo(Kind.DUPLICATE);

    age(Duration.ofDays(40), "true");

    assertThat(barrier.purge(Duration.ofDays(30), 100)).isGreaterThanOrEqualTo(2);
    assertThat(charge().kind()).isEqualTo(Kind.DONE);
  }

  private void age(Duration by, String which) throws SQLException {
    try (Connection connection = REAL.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "UPDATE saga_barrier SET at = at - ? * interval '1 second' WHERE saga_id = ? AND "
                    + which)) {
      statement.setLong(1, by.toSeconds());
      statement.setObject(2, saga.value());
      statement.executeUpdate();
    }
  }

  @Test
  void givenBadArguments_whenPurged_thenTheyAreRefused() {
    assertThatThrownBy(() -> barrier.purge(Duration.ofMinutes(59), 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least an hour");
    assertThatThrownBy(() -> barrier.purge(Duration.ofDays(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 10000");
    assertThatThrownBy(() -> ParticipantBarrier.create(REAL, "public; DROP", "saga_"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema");
  }
}
