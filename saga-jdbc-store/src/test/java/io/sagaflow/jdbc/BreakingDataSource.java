package io.sagaflow.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Breaks a connection around chosen calls, as a network does, or does there what a test says. Other
 * calls pass through.
 */
final class BreakingDataSource implements DataSource {

  /** Where it happens. */
  enum Break {
    BEFORE_EXECUTE,
    AFTER_EXECUTE,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  /** What happens there. */
  interface Trap {
    void spring(Connection connection) throws SQLException;
  }

  private final DataSource real;
  private final AtomicInteger left = new AtomicInteger();
  private volatile Break where = Break.BEFORE_EXECUTE;
  private volatile String what = "";
  private volatile Trap trap = connection -> {};

  BreakingDataSource(DataSource real) {
    this.real = real;
  }

  /** Breaks the network at the next calls. */
  void breakNext(Break next, int times) {
    breakNext(next, "", times);
  }

  /** Breaks the network at the next statements that have a text in them. */
  void breakNext(Break next, String sql, int times) {
    trapNext(
        next,
        sql,
        times,
        connection -> {
          connection.close();
          throw new SQLException("The network broke.", "08006");
        });
  }

  /** Breaks the network once, at the n-th such call from now on. */
  void breakAt(Break next, int nth) {
    AtomicInteger calls = new AtomicInteger();
    trapNext(
        next,
        "",
        nth,
        connection -> {
          if (calls.incrementAndGet() == nth) {
            connection.close();
            throw new SQLException("The network broke.", "08006");
          }
        });
  }

  /** Does something at the next statements that have a text in them. */
  void trapNext(Break next, String sql, int times, Trap sprung) {
    left.set(0);
    where = next;
    what = sql;
    trap = sprung;
    left.set(times);
  }

  /** Lets everything pass from now on. */
  void heal() {
    left.set(0);
  }

  int breaksLeft() {
    return Math.max(0, left.get());
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = real.getConnection();
    return proxy(Connection.class, (method, args) -> onConnection(connection, method, args));
  }

  private Object onConnection(Connection connection, Method method, Object[] args)
      throws Throwable {
    boolean commits = method.getName().equals("commit");
    if (commits) {
      springIf(Break.BEFORE_COMMIT, "", connection);
    }
    Object result = invoke(connection, method, args);
    if (commits) {
      springIf(Break.AFTER_COMMIT, "", connection);
    }
    if (result instanceof PreparedStatement statement) {
      String sql = (String) args[0];
      return proxy(
          PreparedStatement.class,
          (call, given) -> onStatement(connection, sql, statement, call, given));
    }
    return result;
  }

  private Object onStatement(
      Connection connection, String sql, PreparedStatement statement, Method method, Object[] args)
      throws Throwable {
    boolean executes = method.getName().startsWith("execute");
    if (executes) {
      springIf(Break.BEFORE_EXECUTE, sql, connection);
    }
    Object result = invoke(statement, method, args);
    if (executes) {
      springIf(Break.AFTER_EXECUTE, sql, connection);
    }
    return result;
  }

  private void springIf(Break here, String sql, Connection connection) throws SQLException {
    if (where == here && sql.contains(what) && left.get() > 0 && left.getAndDecrement() > 0) {
      trap.spring(connection);
    }
  }

  private static Object invoke(Object target, Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** What a proxy does with a call. */
  private interface Call {
    Object answer(Method method, Object[] args) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) -> call.answer(method, args)));
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return real.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    real.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    real.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return real.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return real.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return real.isWrapperFor(type);
  }
}
