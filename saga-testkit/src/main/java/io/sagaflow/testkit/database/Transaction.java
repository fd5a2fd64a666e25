package io.sagaflow.testkit.database;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement, or several that commit together.
 *
 * <p>Executing takes the locks of all that it depends on, looks at it, and changes nothing; the
 * commit does. As nobody can change what is locked, that is what PostgreSQL's READ COMMITTED does:
 * a statement that has waited looks anew at the rows that it waited for. What PostgreSQL takes from
 * the snapshot of the statement's begin, a statement notes when it is executed first.
 */
abstract class Transaction {

  private enum State {
    NEW,
    WAITING,
    EXECUTED,
    COMMITTED,
    ABORTED
  }

  final SimulatedDatabase database;
  private final DatabaseClient client;
  private final Exchange exchange;
  private final List<Lock> held = new ArrayList<>(0);
  private State state = State.NEW;
  private boolean fleeting;
  private boolean abandoned;
  private Runnable onward = () -> {};
  private @Nullable Lock awaited;
  private LockMode awaitedMode = LockMode.KEY_SHARE;

  Transaction(DatabaseClient client, Exchange exchange) {
    this.database = client.database();
    this.client = client;
    this.exchange = exchange;
  }

  /** Takes locks and looks; called again from its beginning after it has waited. */
  abstract boolean execute();

  /** Changes the tables. */
  abstract void apply();

  DatabaseClient client() {
    return client;
  }

  Exchange exchange() {
    return exchange;
  }

  /**
   * Executes, or begins to wait.
   *
   * @param commitsAtOnce whether it ends in the moment in which it is executed
   * @param then what happens when it is executed, or has failed; inline if that is now
   */
  void begin(boolean commitsAtOnce, Runnable then) {
    fleeting = commitsAtOnce;
    onward = then;
    advance();
  }

  /** A lock that it waits for was released. */
  void goOn() {
    if (state == State.WAITING) {
      advance();
    }
  }

  private void advance() {
    if (execute()) {
      noLongerWaits();
      state = State.EXECUTED;
      if (abandoned) {
        abort();
      } else {
        onward.run();
      }
    } else if (state == State.ABORTED) {
      onward.run();
    } else {
      state = State.WAITING;
    }
  }

  void commit() {
    if (state == State.EXECUTED) {
      state = State.COMMITTED;
      apply();
      release();
    }
  }

  /** Rolls back, whether or not it waits. */
  void abort() {
    if (state != State.COMMITTED && state != State.ABORTED) {
      fail();
    }
  }

  /** Ends it within an execution. */
  void fail() {
    state = State.ABORTED;
    noLongerWaits();
    release();
  }

  private void release() {
    if (!held.isEmpty()) {
      List<Lock> released = List.copyOf(held);
      held.clear();
      database.locks().release(this, released);
    }
  }

  /** Its client is gone: a statement is carried out, but nobody asks for the commit of several. */
  void abandon() {
    if (!exchange.isTransaction()) {
      return;
    }
    if (state == State.EXECUTED) {
      abort();
    } else {
      abandoned = true;
    }
  }

  void holds(Lock lock) {
    if (lock == awaited) {
      awaited = null;
    }
    held.add(lock);
  }

  void awaits(Lock lock, LockMode mode) {
    if (awaited != null && awaited != lock) {
      database.locks().giveUp(this, awaited);
    }
    awaited = lock;
    awaitedMode = mode;
  }

  private void noLongerWaits() {
    if (awaited != null) {
      Lock former = awaited;
      awaited = null;
      database.locks().giveUp(this, former);
    }
    database.locks().waitsNoLonger(this);
  }

  /** Whose end it awaits now. */
  List<Transaction> awaitedNow() {
    return awaited == null ? List.of() : awaited.awaited(this, awaitedMode);
  }

  /** Who stands in its way. */
  List<Transaction> blockers() {
    return awaited == null ? List.of() : awaited.blockers(this, awaitedMode);
  }

  /** Whether there is time between its execution and its commit, however well all goes. */
  boolean isLingering() {
    return false;
  }

  boolean isFleeting() {
    return fleeting;
  }

  boolean isWaiting() {
    return state == State.WAITING;
  }

  boolean isAborted() {
    return state == State.ABORTED;
  }
}
