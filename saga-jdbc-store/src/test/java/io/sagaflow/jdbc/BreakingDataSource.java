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

/** Breaks a connection around chosen calls, as a network does. Other calls pass through. */
final class BreakingDataSource implements DataSource {

  /** Where the network breaks. */
  enum Break {
    BEFORE_EXECUTE,
    AFTER_EXECUTE,
    AFTER_COMMIT
  }

  private final DataSource real;
  private final AtomicInteger breaks = new AtomicInteger();
  private volatile Break where = Break.BEFORE_EXECUTE;

  BreakingDataSource(DataSource real) {
    this.real = real;
  }

  void breakNext(Break next, int times) {
    where = next;
    breaks.set(times);
  }

  int breaksLeft() {
    return Math.max(0, breaks.get());
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = real.getConnection();
    return proxy(Connection.class, (method, args) -> onConnection(connection, method, args));
  }

  private Object onConnection(Connection connection, Method method, Object[] args)
      throws Throwable {
    Object result = invoke(connection, method, args);
    if (method.getName().equals("commit")) {
      breakIf(Break.AFTER_COMMIT, connection);
    }
    if (result instanceof PreparedStatement statement) {
      return proxy(
          PreparedStatement.class,
          (call, given) -> onStatement(connection, statement, call, given));
    }
    return result;
  }

  private Object onStatement(
      Connection connection, PreparedStatement statement, Method method, Object[] args)
      throws Throwable {
    boolean executes = method.getName().equals("executeQuery");
    if (executes) {
      breakIf(Break.BEFORE_EXECUTE, connection);
    }
    Object result = invoke(statement, method, args);
    if (executes) {
      breakIf(Break.AFTER_EXECUTE, connection);
    }
    return result;
  }

  private void breakIf(Break here, Connection connection) throws SQLException {
    if (where == here && breaks.getAndDecrement() > 0) {
      connection.close();
      throw new SQLException("The network broke.", "08006");
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
