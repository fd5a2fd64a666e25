package io.sagaflow.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Explains each query that goes through it, with its very parameters and text. Each is executed
 * once more for that.
 */
final class SeenStatements {

  private final DataSource real;
  private final List<Plan> plans = new ArrayList<>();

  SeenStatements(DataSource real) {
    this.real = real;
  }

  List<Plan> plans() {
    return plans;
  }

  void forget() {
    plans.clear();
  }

  DataSource dataSource() {
    return proxy(
        DataSource.class,
        (method, args) -> {
          Object result = invoke(real, method, args);
          return result instanceof Connection connection ? watched(connection) : result;
        });
  }

  private Connection watched(Connection connection) {
    return proxy(
        Connection.class,
        (method, args) -> {
          Object result = invoke(connection, method, args);
          return result instanceof PreparedStatement statement && isQuery((String) args[0])
              ? watched(connection, (String) args[0], statement)
              : result;
        });
  }

  private static boolean isQuery(String sql) {
    String begin = sql.stripLeading();
    return (begin.startsWith("SELECT") || begin.startsWith("WITH"))
        && !begin.startsWith("SELECT set_config");
  }

  private PreparedStatement watched(Connection connection, String sql, PreparedStatement statement)
      throws SQLException {
    PreparedStatement explained =
        connection.prepareStatement("EXPLAIN (ANALYZE, COSTS OFF) " + sql);
    return proxy(
        PreparedStatement.class,
        (method, args) -> {
          if (method.getName().startsWith("set") && args[0] instanceof Integer && args.length > 1) {
            invoke(explained, method, args);
          } else if (method.getName().equals("executeQuery")) {
            explain(explained);
          }
          return invoke(statement, method, args);
        });
  }

  private void explain(PreparedStatement explained) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (ResultSet rows = explained.executeQuery()) {
      while (rows.next()) {
        text.append(rows.getString(1)).append('\n');
      }
    }
    plans.add(new Plan(text.toString()));
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
}
