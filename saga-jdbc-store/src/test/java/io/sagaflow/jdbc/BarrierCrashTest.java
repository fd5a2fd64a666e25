package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each order in which up to three calls of a step may come, each with a participant that dies
 * before and after each of its statements and commits. A call that died comes again at the end, and
 * in those orders in which it occurs again also before that.
 */
class BarrierCrashTest {

  private static final int LONGEST = 3;

  private static HikariDataSource database;

  /** Whose transaction it is. */
  enum Transaction {
    THE_BARRIERS,
    THE_CALLERS
  }

  @BeforeAll
  static void createTables() {
    database = new HikariDataSource();
    database.setJdbcUrl(TestPostgres.freshDatabase().jdbcUrl());
    Till.createTables(database);
  }

  @AfterAll
  static void closePool() {
    database.close();
  }

  static Stream<Arguments> ordersAndBreaks() {
    List<Arguments> all = new ArrayList<>();
    for (List<Direction> order : orders()) {
      for (Break where : Break.values()) {
        for (Transaction whose : Transaction.values()) {
          all.add(Arguments.of(order, where, whose));
        }
      }
    }
    return all.stream();
  }

  private static List<List<Direction>> orders() {
    List<List<Direction>> orders = new ArrayList<>();
    List<List<Direction>> longest = List.of(List.of());
    for (int length = 1; length <= LONGEST; length++) {
      List<List<Direction>> longer = new ArrayList<>();
      for (List<Direction> order : longest) {
        for (Direction next : Direction.values()) {
          longer.add(Stream.concat(order.stream(), Stream.of(next)).toList());
        }
      }
      orders.addAll(longer);
      longest = longer;
    }
    return orders;
  }

  @ParameterizedTest
  @MethodSource("ordersAndBreaks")
  void givenAnOrderOfCalls_whenTheParticipantDiesAnywhere_thenTheNetEffectIsRight(
      List<Direction> order, Break where, Transaction whose) throws Exception {
    int deaths = 0;
    while (new Run(where, deaths + 1, whose).dies(order)) {
      deaths++;
    }

    boolean commit = where == Break.BEFORE_COMMIT || where == Break.AFTER_COMMIT;
    assertThat(deaths).isGreaterThanOrEqualTo(commit ? order.size() : 2 * order.size());
  }

  /** One life of a participant, with one death in it at most. */
  private static final class Run {

    private final BreakingDataSource network = new BreakingDataSource(database);
    private final Till till = new Till(database, ParticipantBarrier.create(network));
    private final Break where;
    private final int nth;
    private final Transaction whose;
    private Delivered seen = Delivered.NOTHING;

    Run(Break where, int nth, Transaction whose) {
      this.where = where;
      this.nth = nth;
      this.whose = whose;
    }

    /** Returns whether it has died. */
    boolean dies(List<Direction> order) throws SQLException {
      List<Direction> unanswered = new ArrayList<>();
      network.breakAt(where, nth);
      for (Direction call : order) {
        if (!isAnswered(call)) {
          unanswered.add(call);
        }
        check(order);
      }
      network.heal();
      for (Direction call : unanswered) {
        assertThat(isAnswered(call)).isTrue();
        check(order);
      }
      return !unanswered.isEmpty();
    }

    private boolean isAnswered(Direction call) throws SQLException {
      Arrival arrival;
      try {
        arrival = deliver(call);
      } catch (SQLException e) {
        assertThat(e.getMessage()).as("%s %s", where, nth).isEqualTo("The network broke.");
        if (where == Break.AFTER_COMMIT) {
          seen = seen.after(call);
        }
        return false;
      }
      assertThat(arrival.kind()).as("%s %s", where, nth).isEqualTo(seen.answer(call));
      if (call == Direction.ACTION && arrival.kind() != Arrival.Kind.SUPPRESSED) {
        assertThat(arrival.result()).contains(Till.RECEIPT);
      }
      seen = seen.after(call);
      return true;
    }

    private Arrival deliver(Direction call) throws SQLException {
      if (whose == Transaction.THE_BARRIERS) {
        return till.deliver(call);
      }
      try (Connection connection = network.getConnection()) {
        connection.setAutoCommit(false);
        Arrival arrival = till.deliver(connection, call);
        connection.commit();
        return arrival;
      }
    }

    private void check(List<Direction> order) throws SQLException {
      assertThat(till.balance()).as("%s %s %s", order, where, nth).isEqualTo(seen.balance);
      assertThat(till.bookings()).as("%s %s %s", order, where, nth).isEqualTo(seen.bookings);
    }
  }
}
