package io.sagaflow.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/** The connection pool of a store that was given a url. */
final class OwnPool {

  /** Beside those that write: one renews the lease; the others claim, read, and post commands. */
  private static final int OTHER_CONNECTIONS = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Longer than a statement may take: what is silent for so long is a dead network. */
  private static final Duration SILENCE =
      Duration.ofSeconds(Database.STATEMENT_TIMEOUT_SECONDS + 10L);

  private OwnPool() {}

  /**
   * Creates the pool; it connects when it is first asked for a connection. What the url says of a
   * property wins.
   */
  static HikariDataSource create(String url, String user, String password, int writers) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setUsername(user);
    pool.setPassword(password);
    pool.setPoolName("sagaflow");
    pool.setMaximumPoolSize(writers + OTHER_CONNECTIONS);
    pool.setConnectionTimeout(PATIENCE.toMillis());
    pool.setInitializationFailTimeout(-1);
    pool.addDataSourceProperty("socketTimeout", Long.toString(SILENCE.toSeconds()));
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    return pool;
  }

  /** Cuts off what may hold a password. */
  static String withoutParameters(String url) {
    int parameters = url.indexOf('?');
    return parameters < 0 ? url : url.substring(0, parameters);
  }
}
