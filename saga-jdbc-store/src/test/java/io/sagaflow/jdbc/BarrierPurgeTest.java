package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.jdbc.Arrival.Kind;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the barrier forgets, and that it forgets no half of a step. */
class BarrierPurgeTest {

  private static final DataSource DATABASE = TestPostgres.freshDatabase().dataSource();
  private static final Duration MONTH = Duration.ofDays(30);

  private final Look look = new Look(DATABASE);
  private final BreakingDataSource network = new BreakingDataSource(DATABASE);
  private final ParticipantBarrier barrier = ParticipantBarrier.create(network);
  private final Till till = new Till(DATABASE, barrier);

  @BeforeEach
  void emptyTheTables() throws SQLException {
    Till.createTables(DATABASE);
    look.execute("TRUNCATE saga_barrier, booking");
  }

  private int purge() {
    return barrier.purge(MONTH, 100);
  }

  @Test
  void givenOldAndYoungSteps_whenPurged_thenAllRowsOfTheOldOnesGo() throws Exception {
    Till young = new Till(DATABASE, barrier);
    young.charge();
    till.charge();
    till.refund();
    till.age(31);

    assertThat(purge()).isEqualTo(1);
    assertThat(till.rows()).isZero();
    assertThat(young.rows()).isEqualTo(1);
  }

  @Test
  void givenMoreOldStepsThanAllowed_whenPurged_thenTheOldestGoFirst() throws Exception {
    List<Till> tills = Stream.generate(() -> new Till(DATABASE, barrier)).limit(3).toList();
    for (int i = 0; i < tills.size(); i++) {
      tills.get(i).charge();
      tills.get(i).refund();
      tills.get(i).age(40 - i);
    }

    assertThat(barrier.purge(MONTH, 2)).isEqualTo(2);
    assertThat(tills.get(2).rows()).isEqualTo(2);
    assertThat(barrier.purge(MONTH, 2)).isEqualTo(1);
    assertThat(barrier.purge(MONTH, 2)).isZero();
  }

  /** Whatever came last, its step is remembered from then on. */
  @ParameterizedTest
  @EnumSource
  void givenAnOldStep_whenACallOfItComes_thenItIsRememberedAnew(Direction call) throws Exception {
    till.charge();
    till.refund();
    till.age(31);

    till.deliver(call);

    assertThat(purge()).isZero();
    assertThat(till.charge().kind()).isEqualTo(Kind.SUPPRESSED);
  }

  /**
   * The compensation has seen the action's row when the purge begins. Were that row purged now, the
   * compensation's alone would be left, and an action that comes late would take effect.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenAnOldAction_whenPurgedBesideItsCompensation_thenALateActionHasNoEffect(
      boolean committed) throws Exception {
    till.charge();
    till.age(31);
    try (Connection connection = DATABASE.getConnection()) {
      connection.setAutoCommit(false);
      till.deliver(connection, Direction.COMPENSATION);
      int purged = purge();
      if (committed) {
        connection.commit();
      } else {
        connection.rollback();
      }

      assertThat(purged).as("and it has waited for nobody").isZero();
    }

    assertThat(till.charge().kind()).isEqualTo(committed ? Kind.SUPPRESSED : Kind.DUPLICATE);
    assertThat(till.refund().kind()).isEqualTo(committed ? Kind.DUPLICATE : Kind.DONE);
    assertThat(till.balance()).isZero();
  }

  /**
   * The compensation commits when the purge has its snapshot, and before it locks the action's row:
   * another row, which is locked before that one and which a trigger holds up, keeps them apart.
   */
  @Test
  void givenAPurgeThatHasBegun_whenACompensationIsCommitted_thenItsStepIsSpared() throws Exception {
    till.charge();
    till.age(31);
    look.execute(
        """
        CREATE OR REPLACE FUNCTION held(at timestamptz) RETURNS timestamptz LANGUAGE plpgsql
        VOLATILE AS $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN at; END $$
        """);
    look.execute(
        """
        CREATE OR REPLACE VIEW held_barrier AS SELECT * FROM saga_barrier WHERE held(at) IS NOT NULL
        """);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Connection gate = DATABASE.getConnection()) {
      gate.setAutoCommit(false);
      Look.execute(gate, "SELECT pg_advisory_xact_lock(4711)");
      Future<Integer> purged = thread.submit(() -> heldPurge());
      look.awaitLockWait();
      till.refund();
      gate.commit();

      assertThat(purged.get(60, SECONDS)).isZero();
    }
    thread.shutdown();

    assertThat(till.rows()).isEqualTo(2);
    assertThat(till.charge().kind()).isEqualTo(Kind.SUPPRESSED);
  }

  /** The barrier's own statement, over a view of its table that holds each row up. */
  private int heldPurge() throws SQLException {
    try (Connection connection = DATABASE.getConnection()) {
      connection.setAutoCommit(false);
      int purged = new BarrierRows(new Tables("public", "held_")).purge(connection, MONTH, 100);
      connection.commit();
      return purged;
    }
  }

  /** Purges of several nodes share the work, whatever they meet. */
  @Test
  void givenAPurgeUnderWay_whenAnotherRuns_thenItWaitsForNothingAndTakesTheRest() throws Exception {
    Till other = new Till(DATABASE, barrier);
    for (Till each : List.of(till, other)) {
      each.charge();
      each.refund();
      each.age(31);
    }
    BarrierRows rows = new BarrierRows(new Tables("public", "saga_"));
    try (Connection connection = DATABASE.getConnection()) {
      connection.setAutoCommit(false);
      assertThat(rows.purge(connection, MONTH, 1)).isEqualTo(1);

      assertThat(purge()).isEqualTo(1);
      connection.commit();
    }
    assertThat(till.rows() + other.rows()).isZero();
  }

  /** It waits for the purge in its insert, and is then taken for new, or isn't. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenAPurgeUnderWay_whenACallOfItsStepComes_thenItWaitsForItsEnd(boolean committed)
      throws Exception {
    till.charge();
    till.age(31);
    BarrierRows rows = new BarrierRows(new Tables("public", "saga_"));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<Arrival> call;
    try (Connection connection = DATABASE.getConnection()) {
      connection.setAutoCommit(false);
      rows.purge(connection, MONTH, 1);
      call = thread.submit(till::refund);
      look.awaitLockWait();
      if (committed) {
        connection.commit();
      } else {
        connection.rollback();
      }
    }
    thread.shutdown();

    assertThat(call.get(60, SECONDS).kind())
        .isEqualTo(committed ? Kind.NOTHING_TO_UNDO : Kind.DONE);
    assertThat(till.rows()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void givenARowThatIsPurgedUnderACall_whenTheCallIsRepeated_thenItIsTakenForNew(Direction call)
      throws Exception {
    till.charge();
    till.age(31);
    ParticipantBarrier another = ParticipantBarrier.create(DATABASE);
    network.trapNext(Break.BEFORE_EXECUTE, "SET at", 1, broken -> another.purge(MONTH, 1));

    assertThatThrownBy(() -> till.deliver(call))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"))
        .hasMessageContaining("repeat");

    assertThat(till.rows()).isZero();
    assertThat(till.deliver(call).kind()).isEqualTo(Delivered.NOTHING.answer(call));
  }

  @Test
  void givenBadArguments_whenPurged_thenTheyAreRefused() {
    for (Duration bad : List.of(Duration.ofMinutes(59), Duration.ofDays(36_501))) {
      assertThatThrownBy(() -> barrier.purge(bad, 100))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least an hour");
    }
    for (int bad : new int[] {0, 10_001}) {
      assertThatThrownBy(() -> barrier.purge(MONTH, bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 10000");
    }
  }
}
