package io.sagaflow.benchmarks;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often a client waits for the server: each execution of a statement or batch, each
 * commit and rollback, each check whether a connection is alive. It stands between the pool and the
 * driver, and stays there while times are measured: a call through it costs well under a
 * microsecond, a round trip a hundred times that.
 */
final class RoundTrips {

  private static final Set<String> OF_CONNECTION = Set.of("commit", "rollback", "isValid");

  private final LongAdder count = new LongAdder();

  long count() {
    return count.sum();
  }

  /** Counts what goes through the connections of a source. */
  DataSource counting(DataSource source) {
    return proxy(DataSource.class, source, this::ofDataSource);
  }

  private @Nullable Object ofDataSource(Method method, @Nullable Object result) {
    return result instanceof Connection connection
        ? proxy(Connection.class, connection, this::ofConnection)
        : result;
  }

  private @Nullable Object ofConnection(Method method, @Nullable Object result) {
    if (OF_CONNECTION.contains(method.getName())) {
      count.increment();
    }
    if (result instanceof PreparedStatement prepared) {
      return proxy(PreparedStatement.class, prepared, this::ofStatement);
    }
    return result instanceof Statement statement
        ? proxy(Statement.class, statement, this::ofStatement)
        : result;
  }

  private @Nullable Object ofStatement(Method method, @Nullable Object result) {
    if (method.getName().startsWith("execute")) {
      count.increment();
    }
    return result;
  }

  /** What is done when a method has returned. */
  private interface After {
    @Nullable Object returned(Method method, @Nullable Object result);
  }

  private static <T> T proxy(Class<T> type, T target, After after) {
    InvocationHandler handler =
        (self, method, arguments) -> {
          try {
            return after.returned(method, method.invoke(target, arguments));
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
