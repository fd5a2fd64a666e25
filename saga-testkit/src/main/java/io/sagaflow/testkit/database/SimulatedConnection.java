package io.sagaflow.testkit.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection with a transaction under way, which a user's code is handed. It understands no SQL:
 * what is written with it is an effect that happens when the transaction is committed, and no lock.
 */
public final class SimulatedConnection implements InvocationHandler {

  private final Connection connection =
      (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);

  private final List<Runnable> effects = new ArrayList<>(1);
  private final List<Runnable> regrets = new ArrayList<>(1);
  private @Nullable Transaction joined;
  private Fate fate = Fate.ANSWERED;
  private boolean over;

  SimulatedConnection() {}

  /**
   * Finds out what is behind a connection.
   *
   * @param connection a transactional step's, or that of a transaction in which sagas are started
   * @return its transaction
   */
  public static SimulatedConnection of(Connection connection) {
    if (Proxy.isProxyClass(connection.getClass())
        && Proxy.getInvocationHandler(connection) instanceof SimulatedConnection mine) {
      return mine;
    }
    throw new IllegalArgumentException("A connection to another database: " + connection);
  }

  @Override
  public Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
    throw new UnsupportedOperationException(method.getName());
  }

  /**
   * Writes something.
   *
   * @param effect happens in the moment of the commit
   */
  public void write(Runnable effect) {
    effects.add(effect);
  }

  /**
   * Has something told if the transaction is rolled back.
   *
   * @param regret happens in that moment
   */
  public void onRollback(Runnable regret) {
    regrets.add(regret);
  }

  /**
   * Returns what a user has of it.
   *
   * @return a connection that does nothing by itself
   */
  public Connection asConnection() {
    return connection;
  }

  /** Sends a statement; it is committed with what the user has written. */
  void join(Transaction statement) {
    if (joined != null) {
      throw new UnsupportedOperationException("Only one statement of the store's is simulated");
    }
    joined = statement;
    fate = statement.client().execute(statement);
  }

  void commit() {
    if (joined == null) {
      takeEffect();
    } else {
      joined.client().end(joined, fate);
    }
  }

  void rollBack() {
    if (joined != null) {
      joined.abort();
    }
    regret();
  }

  /** In the moment of the commit. */
  void takeEffect() {
    if (!over) {
      over = true;
      effects.forEach(Runnable::run);
    }
  }

  /** In the moment of the rollback. */
  void regret() {
    if (!over) {
      over = true;
      regrets.forEach(Runnable::run);
    }
  }
}
