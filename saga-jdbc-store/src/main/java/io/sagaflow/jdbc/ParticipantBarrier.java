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
 * step of the same saga is under way, for 30 seconds at most; then it fails with a {@link
 * SQLException} of SQLState 57014.
 *
 * <p>Calls are told apart by saga, step and direction: a compensation has to carry the saga and the
 * step of its action.
 *
 * <p>The shape is that of dtm's sub-transaction barrier and of Seata's fence: <i>empty
 * compensation</i>, <i>duplicate</i> and <i>hanging action</i> are told apart by one unique key.
 */
public final class ParticipantBarrier {

  private static final Duration SHORTEST_MEMORY = Duration.ofHours(1);
  private static final Duration LONGEST_MEMORY = Duration.ofDays(36_500);
  private static final int MOST_PURGED = 10_000;
  private static final int LONGEST_RESULT = 262_144;

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
     * @param connection the transaction of the call; not to be committed, rolled back or closed,
     *     which the barrier refuses where the transaction is its own
     * @param actionResult what the action returned, for a compensation; empty for an action, and if
     *     the action returned nothing
     * @return what is kept for a duplicate of this call, at most 262,144 characters and none of
     *     them NUL; null for nothing
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
   * Creates the table, unless it is there. Safe to call on every node at its start; where the table
   * is there, it takes no right to create one. Afterwards {@code SELECT, INSERT, UPDATE, DELETE} on
   * the table are enough.
   *
   * @throws SagaStoreException if the database can't be reached or refuses, or has no such schema
   */
  public void createTable() {
    database.transaction(
        "create the table of the barrier",
        connection -> {
          rows.lockCreation(connection);
          if (!rows.exist(connection)) {
            try (Statement statement = connection.createStatement()) {
              statement.execute(schemaSql());
            }
          }
          return true;
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
   * Lets a call through in a transaction of its own, which is {@code READ COMMITTED} whatever the
   * connection's default, and committed when this returns.
   *
   * @param call which call it is
   * @param business what it does, called at most once
   * @param <E> what the business may throw
   * @return what the call was found to be
   * @throws SQLException if a statement, or the commit, fails; the call may have been done
   *     nevertheless, so repeat it
   * @throws IllegalArgumentException if the business returned what can't be kept; nothing is
   * @throws E if the business does; nothing is kept
   */
  public <E extends Exception> Arrival pass(ParticipantCall call, Business<E> business)
      throws SQLException, E {
    requireNonNull(call, "call");
    requireNonNull(business, "business");
    try (Connection connection = database.connect()) {
      boolean autoCommit = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        BarrierRows.begin(connection);
        Connection guarded = GuardedConnection.of(connection, "What passes a barrier");
        Arrival arrival = arrive(guarded, call, business);
        connection.commit();
        return arrival;
      } catch (Throwable e) { // to restore autocommit would commit
        Database.undo(connection, e);
        throw e;
      } finally {
        Database.restore(connection, autoCommit);
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
   * @throws IllegalArgumentException if the connection isn't in such a transaction, or the business
   *     returned what can't be kept
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
   * Forgets the steps of which no call has arrived for a time, some at once; call it again while it
   * returns as many as it may. Safe to run on every node, beside calls: it waits for none of them,
   * and leaves out what one of them has in hand. Nothing is forgotten unless this is called.
   *
   * <p>A call that comes later is taken for new: an action that was done is done again, and a
   * compensation finds nothing to undo. So remember for longer than the longest saga lives, with
   * all its waits and the time that an operator may take over one that is stuck, and longer than
   * any message or transaction can be under way.
   *
   * @param unusedFor how long, by the database's clock; an hour to 36,500 days
   * @param most how many steps at most, 1 to 10,000
   * @return how many steps were forgotten
   * @throws IllegalArgumentException if an argument is out of range
   * @throws SagaStoreException if the database can't be reached or refuses
   */
  public int purge(Duration unusedFor, int most) {
    if (unusedFor.compareTo(SHORTEST_MEMORY) < 0 || unusedFor.compareTo(LONGEST_MEMORY) > 0) {
      throw new IllegalArgumentException(
          "unusedFor must be at least an hour, and longer than any saga lives, and at most 36500"
              + " days; got "
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
    BarrierRows.Row row = rows.touchAction(connection, call);
    boolean stands = row.writtenBy() == Direction.ACTION && !rows.isCompensated(connection, call);
    return stands
        ? new Arrival(Kind.DUPLICATE, row.result())
        : new Arrival(Kind.SUPPRESSED, Optional.empty());
  }

  /** Always the action's row before its own: so it waits for an action that is under way. */
  private <E extends Exception> Arrival compensate(
      Connection connection, ParticipantCall call, Business<E> business) throws SQLException, E {
    if (rows.insertAction(connection, call, Direction.COMPENSATION)) {
      rows.insertCompensation(connection, call);
      return new Arrival(Kind.NOTHING_TO_UNDO, Optional.empty());
    }
    BarrierRows.Row action = rows.touchAction(connection, call);
    if (!rows.insertCompensation(connection, call)) {
      return new Arrival(Kind.DUPLICATE, rows.readCompensation(connection, call).result());
    }
    return done(connection, call, business, action.result());
  }

  private <E extends Exception> Arrival done(
      Connection connection,
      ParticipantCall call,
      Business<E> business,
      Optional<String> actionResult)
      throws SQLException, E {
    String result = business.run(connection, actionResult);
    if (result != null) {
      requireStorable(call, result);
    }
    rows.keep(connection, call, result);
    return new Arrival(Kind.DONE, Optional.ofNullable(result));
  }

  private static void requireStorable(ParticipantCall call, String result) {
    if (result.length() > LONGEST_RESULT) {
      throw new IllegalArgumentException(
          "The result of "
              + call
              + " has "
              + result.length()
              + " characters, and at most "
              + LONGEST_RESULT
              + " are kept: return a reference to what is large");
    }
    if (result.indexOf(0) >= 0) {
      throw new IllegalArgumentException(
          "The result of " + call + " has a NUL character, which PostgreSQL doesn't keep");
    }
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
}
