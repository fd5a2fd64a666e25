package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;

/**
 * A transaction that is under way in a database, as its JDBC connection. Who began it commits it or
 * rolls it back.
 *
 * @param connection the connection; not in autocommit mode
 */
public record LocalTransaction(Connection connection) {

  /** Refuses null. */
  public LocalTransaction {
    requireNonNull(connection, "connection");
  }
}
