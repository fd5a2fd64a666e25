package io.sagaflow.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** What user code gets of a transaction that isn't its own to end. */
final class GuardedConnection {

  /** What would end the transaction too early, or lead around this guard. */
  private static final Set<String> FORBIDDEN =
      Set.of("commit", "close", "abort", "setAutoCommit", "unwrap");

  private final Connection connection;
  private final String who;

  private GuardedConnection(Connection connection, String who) {
    this.connection = connection;
    this.who = who;
  }

  /**
   * Guards a connection.
   *
   * @param connection the transaction
   * @param who uses it, as messages begin: "A transactional step"
   */
  static Connection of(Connection connection, String who) {
    GuardedConnection guard = new GuardedConnection(connection, who);
    return (Connection)
        Proxy.newProxyInstance(
            GuardedConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> guard.call(method, arguments));
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    boolean wholeRollback = method.getName().equals("rollback") && arguments == null;
    if (FORBIDDEN.contains(method.getName()) || wholeRollback) {
      throw new SQLException(
          who
              + " doesn't call "
              + method.getName()
              + "(): its transaction ends when it returns or throws. Savepoints may be used.",
          "2D000");
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
