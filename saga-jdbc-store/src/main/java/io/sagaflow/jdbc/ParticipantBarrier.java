package io.sagaflow.jdbc;

import static java.util.Objects.requireNonNull;

import io.sagaflow.ParticipantCall;
import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.SagaStoreException;
import io.sagaflow.jdbc.Arrival.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes a participant safe against calls that come twice, late, or in the wrong order: an action
 * takes effect once at most, a compensation undoes it once at most, one that comes first leaves a
 * tombstone, and the late action is suppressed. It needs nothing of Sagaflow but a table in the
 * participant's database, written in the very transaction of the business.
 *
 * <p>A call whose outcome the caller doesn't know - an exception while committing, a lost answer -
 * is simply repeated. Immutable and thread-safe. Every call blocks while another one of the same
 * step of the same saga is under way.
 *
 * <p>The shape is that of dtm's sub-transaction barrier and of Seata's fence: <i>empty
 * compensation</i>, <i>duplicate</i> and <i>hanging action</i> are told apart by one unique key.
 */
public final class ParticipantBarrier {

  private static final Duration SHORTEST_MEMORY = Duration.ofHours(1);
  private static final int MOST_PURGED = 10_000;

  private final Database database;
  private final Tables tables;
  private final BarrierRows rows;

  private ParticipantBarrier(DataSource dataSource, Tables tables) {
    this.database = new Database(dataSource, "the participant's database");
    this.tables = tables;
    this.rows = new BarrierRows(tables);
  }

  /** The business of a call: an action, or what undoes it. */
  @FunctionalInterface
  public interface Business<E extends Exception> {

    /**
     * Does the business.
     *
     * @param connection the transaction of the barrier; not to be committed, rolled back or closed
     * @param actionResult what the action returned, for a compensation; empty for an action, and if
     *     the action returned nothing
     * @return what is kept for a duplicate of this call, at most some kilobytes; null for nothing
     * @throws E if it fails; then nothing is kept, and the call may come again
     * @throws SQLException if a statement fails
     */
    @Nullable String run(Connection connection, Optional<String> actionResult)
        throws E, SQLException;
  }

  /**
   * Creates a barrier whose table is {@code public.saga_barrier}.
   *
   * @param dataSource the participant's database
   * @return the barrier
   */
  public static ParticipantBarrier create(DataSource dataSource) {
    return create(dataSource, Schema.DEFAULT_SCHEMA, "saga_");
  }

  /**
   * Creates a barrier.
   *
   * @param dataSource the participant's database
   * @param schema where its table is
   * @param tablePrefix begins the table's name
   * @return the barrier
   * @throws IllegalArgumentException if a name isn't 1 to 30 lower-case letters, digits and
   *     underscores that begin with a letter
   */
  public static ParticipantBarrier create(
      DataSource dataSource, String schema, String tablePrefix) {
    return new ParticipantBarrier(
        requireNonNull(dataSource, "dataSource"), new Tables(schema, tablePrefix));
  }

  /**
   * Creates the table, unless it is there. Safe to call on every node at its start.
   *
   * @throws SagaStoreException if the database can't be reached or refuses
   */
  public void createTable() {
    database.transaction(
        "create the table of the barrier",
        connection -> {
          rows.lockCreation(connection);
          try (Statement statement = connection.createStatement()) {
            return statement.execute(schemaSql());
          }
        });
  }

  /**
   * Returns the script that creates the table, for whoever applies it with another tool.
   *
   * @return SQL that does nothing if the table is there
   */
  public String schemaSql() {
    return tables.fill(Schema.read("barrier.sql"));
  }

  /**
   * Lets a call through in a transaction of its own, which is committed when this returns.
   *
   * @param call which call it is
   * @param business what it does, called at most once
   * @param <E> what the business may throw
   * @return what the call was found to be
   * @throws SQLException if a statement, or the commit, fails; repeat the call
   * @throws E if the business does; nothing is kept
   */
  public <E extends Exception> Arrival pass(ParticipantCall call, Business<E> business)
      throws SQLException, E {
    requireNonNull(call, "call");
    requireNonNull(business, "business");
    try (Connection connection = database.connect()) {
      int isolation = connection.getTransactionIsolation();
      boolean autoCommit = connection.getAutoCommit();
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      connection.setAutoCommit(false);
      try {
        Arrival arrival = arrive(connection, call, business);
        connection.commit();
        return arrival;
      } catch (Throwable e) { // to restore autocommit would commit
        Database.undo(connection, e);
        throw e;
      } finally {
        Database.restore(connection, autoCommit);
        restoreIsolation(connection, isolation);
      }
    }
  }

  /**
   * Lets a call through in the caller's transaction, which the caller commits.
   *
   * @param connection the transaction; not in autocommit mode, and {@code READ COMMITTED}
   * @param call which call it is
   * @param business what it does, called at most once
   * @param <E> what the business may throw
   * @return what the call was found to be, once the caller has committed
   * @throws IllegalArgumentException if the connection isn't in such a transaction
   * @throws SQLException if a statement fails; roll back and repeat the call
   * @throws E if the business does; what it and the barrier have written is rolled back, to where
   *     this was called
   */
  public <E extends Exception> Arrival pass(
      Connection connection, ParticipantCall call, Business<E> business) throws SQLException, E {
    requireNonNull(call, "call");
    requireNonNull(business, "business");
    requireTransaction(requireNonNull(connection, "connection"));
    Savepoint before = connection.setSavepoint();
    try {
      Arrival arrival = arrive(connection, call, business);
      connection.releaseSavepoint(before);
      return arrival;
    } catch (Throwable e) {
      rollBackTo(connection, before, e);
      throw e;
    }
  }

  /**
   * Forgets the calls of steps for which none has arrived for a time, some at once; call it again
   * while it returns as many as it may. Safe to run on every node. Nothing is forgotten unless this
   * is called.
   *
   * @param unusedFor how long; at least an hour, and longer than any message can be under way or a
   *     saga be resumed: a call that comes after that is taken for new
   * @param most how many rows at most, 1 to 10,000
   * @return how many rows were forgotten
   * @throws IllegalArgumentException if an argument is out of range
   * @throws SagaStoreException if the database can't be reached or refuses
   */
  public int purge(Duration unusedFor, int most) {
    if (unusedFor.compareTo(SHORTEST_MEMORY) < 0) {
      throw new IllegalArgumentException(
          "unusedFor must be at least an hour, and longer than any message lives; got "
              + unusedFor);
    }
    if (most < 1 || most > MOST_PURGED) {
      throw new IllegalArgumentException("most must be 1 to " + MOST_PURGED + "; got " + most);
    }
    return database.autocommit(
        "purge the barrier", connection -> rows.purge(connection, unusedFor, most));
  }

  private <E extends Exception> Arrival arrive(
      Connection connection, ParticipantCall call, Business<E> business) throws SQLException, E {
    return call.direction() == Direction.ACTION
        ? act(connection, call, business)
        : compensate(connection, call, business);
  }

  private <E extends Exception> Arrival act(
      Connection connection, ParticipantCall call, Business<E> business) throws SQLException, E {
    if (rows.insertAction(connection, call, Direction.ACTION)) {
      return done(connection, call, business, Optional.empty());
    }
    BarrierRows.Row row = rows.read(connection, call, Direction.ACTION);
    return row.writtenBy() == Direction.ACTION
        ? new Arrival(Kind.DUPLICATE, row.result())
        : new Arrival(Kind.SUPPRESSED, Optional.empty());
  }

  /** Always the action's row before its own: so it waits for an action that is under way. */
  private <E extends Exception> Arrival compensate(
      Connection connection, ParticipantCall call, Business<E> business) throws SQLException, E {
    boolean first = rows.insertAction(connection, call, Direction.COMPENSATION);
    if (!rows.insertCompensation(connection, call)) {
      BarrierRows.Row row = rows.read(connection, call, Direction.COMPENSATION);
      return new Arrival(Kind.DUPLICATE, row.result());
    }
    if (first) {
      return new Arrival(Kind.NOTHING_TO_UNDO, Optional.empty());
    }
    return done(connection, call, business, rows.read(connection, call, Direction.ACTION).result());
  }

  private <E extends Exception> Arrival done(
      Connection connection,
      ParticipantCall call,
      Business<E> business,
      Optional<String> actionResult)
      throws SQLException, E {
    String result = business.run(connection, actionResult);
    if (result != null) {
      rows.keep(connection, call, result);
    }
    return new Arrival(Kind.DONE, Optional.ofNullable(result));
  }

  private static void requireTransaction(Connection connection) throws SQLException {
    if (connection.getAutoCommit()) {
      throw new IllegalArgumentException(
          "The connection is in autocommit mode: begin a transaction with setAutoCommit(false), or"
              + " let the barrier have its own");
    }
    if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
      throw new IllegalArgumentException(
          "The transaction isn't READ COMMITTED: with an older snapshot it wouldn't see the call"
              + " that it has just waited for");
    }
  }

  private static void rollBackTo(Connection connection, Savepoint before, Throwable failure) {
    try {
      connection.rollback(before);
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static void restoreIsolation(Connection connection, int isolation) {
    try {
      connection.setTransactionIsolation(isolation);
    } catch (SQLException e) { // a broken connection; its pool will find out
      Database.logBroken(e);
    }
  }
}
