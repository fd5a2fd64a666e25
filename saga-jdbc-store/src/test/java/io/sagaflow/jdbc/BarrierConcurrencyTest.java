package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.jdbc.Arrival.Kind;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two calls of one step that are there at once: one waits for the other's end, and sees it. */
class BarrierConcurrencyTest {

  private static final DataSource DATABASE = TestPostgres.freshDatabase().dataSource();

  private final Look look = new Look(DATABASE);
  private final ParticipantBarrier barrier = ParticipantBarrier.create(DATABASE);
  private final Till till = new Till(DATABASE, barrier);
  private final ExecutorService threads = Executors.newFixedThreadPool(8);

  @BeforeAll
  static void createTables() {
    Till.createTables(DATABASE);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Each pair of calls, after each history, with each end of the first. */
  static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (List<Direction> history : histories()) {
      for (Direction first : Direction.values()) {
        for (Direction second : Direction.values()) {
          pairs.add(Arguments.of(history, first, second, true));
          pairs.add(Arguments.of(history, first, second, false));
        }
      }
    }
    return pairs.stream();
  }

  private static List<List<Direction>> histories() {
    return List.of(
        List.of(),
        List.of(Direction.ACTION),
        List.of(Direction.COMPENSATION),
        List.of(Direction.ACTION, Direction.COMPENSATION));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void givenACallUnderWay_whenAnotherOfItsStepComes_thenItWaitsAndSeesTheEndOfTheFirst(
      List<Direction> history, Direction first, Direction second, boolean committed)
      throws Exception {
    Delivered seen = Delivered.NOTHING;
    for (Direction call : history) {
      till.deliver(call);
      seen = seen.after(call);
    }

    Future<Arrival> later;
    try (Connection connection = DATABASE.getConnection()) {
      connection.setAutoCommit(false);
      assertThat(till.deliver(connection, first).kind()).isEqualTo(seen.answer(first));
      later = threads.submit(() -> till.deliver(second));
      look.awaitLockWait();
      assertThat(later).isNotDone();
      if (committed) {
        connection.commit();
        seen = seen.after(first);
      } else {
        connection.rollback();
      }
    }

    assertThat(later.get(60, SECONDS).kind()).isEqualTo(seen.answer(second));
    seen = seen.after(second);
    assertThat(till.balance()).isEqualTo(seen.balance);
    assertThat(till.bookings()).isEqualTo(seen.bookings);
  }

  /** The stored result is the first one's, which was not there when the second came. */
  @Test
  void givenAnActionUnderWay_whenItComesAgain_thenItsResultIsAnsweredOnceItIsThere()
      throws Exception {
    Future<Arrival> later;
    try (Connection connection = DATABASE.getConnection()) {
      connection.setAutoCommit(false);
      till.deliver(connection, Direction.ACTION);
      later = threads.submit(till::charge);
      look.awaitLockWait();
      connection.commit();
    }

    assertThat(later.get(60, SECONDS).result()).contains(Till.RECEIPT);
  }

  /** They lock a step's rows in the same order, so that no two wait for each other. */
  @Test
  void givenManyCallsOfAStep_whenTheyComeAtOnce_thenNoneFailsAndNothingIsLeft() throws Exception {
    List<Callable<Arrival>> calls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      calls.add(till::charge);
      calls.add(till::refund);
    }

    List<Kind> kinds = new ArrayList<>();
    for (Future<Arrival> call : threads.invokeAll(calls)) {
      kinds.add(call.get(60, SECONDS).kind());
    }

    assertThat(till.balance()).isZero();
    long done = kinds.stream().filter(Kind.DONE::equals).count();
    assertThat(till.bookings()).isEqualTo(done).isIn(0L, 2L);
    assertThat(kinds).contains(done == 0 ? Kind.NOTHING_TO_UNDO : Kind.DONE);
  }
}
