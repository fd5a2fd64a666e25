package io.sagaflow.jdbc.conformance;

import io.sagaflow.jdbc.conformance.Traffic.Running;
import io.sagaflow.testkit.database.Exchange;
import io.sagaflow.testkit.database.Fate.Outcome;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * One process's way to PostgreSQL, on which each exchange has the fate that a script says. What is
 * left in doubt is executed in a transaction, behind the back of the store, which sees its
 * connection break.
 */
final class FateSource implements DataSource {

  /** What the calling thread is about to exchange; a thread without it leads the lane. */
  static final ThreadLocal<Due> CALL = new ThreadLocal<>();

  /**
   * Which lane the calling thread leads, if any. A lane's own thread is begun by one that led it.
   */
  static final InheritableThreadLocal<Integer> LANE = new InheritableThreadLocal<>();

  private final int client;
  private final DataSource real;
  private final Traffic traffic;
  private final Map<Integer, Queue<Due>> batches = new ConcurrentHashMap<>();

  /** The fate of the next exchange of a kind. */
  record Due(Exchange exchange, Outcome outcome, int step) {

    Due answered() {
      return new Due(exchange, Outcome.ANSWERED, step);
    }
  }

  FateSource(int client, DataSource real, Traffic traffic) {
    this.client = client;
    this.real = real;
    this.traffic = traffic;
  }

  /** Decides about a lane's next batch that nobody has decided about. */
  void nextBatch(int lane, Outcome outcome, int step) {
    batchesOf(lane).add(new Due(Exchange.BATCH, outcome, step));
  }

  private Queue<Due> batchesOf(int lane) {
    return batches.computeIfAbsent(lane, any -> new ConcurrentLinkedQueue<>());
  }

  private Due due() {
    Due call = CALL.get();
    if (call != null) {
      CALL.set(call.answered());
      return call;
    }
    Due batch = batchesOf(LANE.get()).poll();
    return batch == null ? new Due(Exchange.BATCH, Outcome.ANSWERED, 0) : batch;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Due due = due();
    if (due.outcome() == Outcome.NOT_SENT) {
      throw new SQLException("There is no way to the server.", "08001");
    }
    Connection connection = real.getConnection();
    int pid = traffic.lent(client, connection);
    Session session = new Session(connection, pid, due);
    return proxy(Connection.class, session::onConnection);
  }

  /** A lent connection. */
  private final class Session {

    private final Connection connection;
    private final int pid;
    private final Due due;
    private boolean met;
    private boolean held;

    Session(Connection connection, int pid, Due due) {
      this.connection = connection;
      this.pid = pid;
      this.due = due;
    }

    Object onConnection(Method method, Object[] args) throws Throwable {
      String name = method.getName();
      if (name.equals("close")) {
        close();
        return null;
      }
      if (met && due.outcome() != Outcome.ANSWERED) {
        return onBroken(method);
      }
      if (name.equals("commit")) {
        commit();
        return null;
      }
      Object result = invoke(connection, method, args);
      if (result instanceof PreparedStatement statement) {
        String sql = (String) args[0];
        return proxy(
            PreparedStatement.class, (call, given) -> onStatement(statement, sql, call, given));
      }
      return result;
    }

    private Object onBroken(Method method) throws SQLException {
      return switch (method.getName()) {
        case "rollback", "setAutoCommit" -> null;
        case "getAutoCommit" -> true;
        default -> throw broken();
      };
    }

    private void close() throws SQLException {
      if (!held) {
        connection.close();
      }
      boolean single = !isTransaction(due.exchange());
      if (single && !met && due.outcome() != Outcome.ANSWERED) {
        met = true;
        throw broken();
      }
    }

    private void commit() throws SQLException {
      met = true;
      switch (due.outcome()) {
        case ANSWERED -> connection.commit();
        case ANSWER_LOST -> {
          connection.commit();
          throw broken();
        }
        case ABORTED, NOT_SENT -> {
          connection.rollback();
          connection.setAutoCommit(true);
          throw broken();
        }
        case COMMITTED_LATER, ABORTED_LATER -> {
          hold();
          throw broken();
        }
      }
    }

    private void hold() {
      held = true;
      traffic.hold(due.step(), connection, due.outcome() == Outcome.COMMITTED_LATER);
    }

    private Object onStatement(
        PreparedStatement statement, String sql, Method method, Object[] args) throws Throwable {
      if (held) { // the server is at it
        return null;
      }
      if (!method.getName().startsWith("execute")) {
        return invoke(statement, method, args);
      }
      if (isTransaction(due.exchange()) || isLookBefore(sql) || isLookAfter(sql)) {
        return run(statement, method, args);
      }
      met = true;
      return switch (due.outcome()) {
        case ANSWERED -> run(statement, method, args);
        case NOT_SENT, ABORTED -> throw broken();
        case ANSWER_LOST -> {
          lose(statement, method, args);
          throw broken();
        }
        case COMMITTED_LATER, ABORTED_LATER -> {
          leaveInDoubt(statement, method, args);
          throw broken();
        }
      };
    }

    /** The statement that finds out which nodes are dead, before their sagas are freed. */
    private boolean isLookBefore(String sql) {
      return due.exchange() == Exchange.RELEASE_ORPHANS && !sql.startsWith("UPDATE");
    }

    /** The statements that ask how things are, behind one that has changed them. */
    private boolean isLookAfter(String sql) {
      return met && due.exchange() == Exchange.BATCH && !sql.contains("_journal");
    }

    private Object run(PreparedStatement statement, Method method, Object[] args) throws Throwable {
      traffic.begins(new Running(client, LANE.get(), due.exchange(), Thread.currentThread(), pid));
      try {
        return invoke(statement, method, args);
      } finally {
        traffic.ends(pid);
      }
    }

    private void lose(PreparedStatement statement, Method method, Object[] args) throws Throwable {
      if (due.exchange() != Exchange.READ) {
        try {
          run(statement, method, args);
        } catch (SQLException e) {
          // nobody learns of it
        }
      }
    }

    /** The server goes on alone. */
    private void leaveInDoubt(PreparedStatement statement, Method method, Object[] args)
        throws SQLException {
      if (due.exchange() == Exchange.READ) {
        return;
      }
      held = true;
      connection.setAutoCommit(false);
      Thread server = new Thread(() -> execute(statement, method, args), "server");
      server.setDaemon(true);
      traffic.begins(new Running(client, LANE.get(), due.exchange(), server, pid));
      server.start();
      traffic.awaitStandstill(server, pid); // or the repeat could overtake it
    }

    private void execute(PreparedStatement statement, Method method, Object[] args) {
      try {
        invoke(statement, method, args);
        hold();
      } catch (Throwable e) {
        giveUp();
      } finally {
        traffic.ends(pid);
      }
    }

    private void giveUp() {
      try {
        connection.rollback();
        connection.setAutoCommit(true);
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static boolean isTransaction(Exchange exchange) {
    return switch (exchange) {
      case CLAIM, JOIN, LEAVE, PURGE, LOCK, TRANSACTION -> true;
      case BATCH, HEARTBEAT, EVICT, RELEASE_ORPHANS, POST, READ -> false;
    };
  }

  private static SQLException broken() {
    return new SQLException("The network broke.", "08006");
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
