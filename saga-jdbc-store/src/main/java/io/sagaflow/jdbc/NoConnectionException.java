package io.sagaflow.jdbc;

import java.sql.SQLException;

/** No connection was to be had, so nothing was sent: a repeat is a first try. */
final class NoConnectionException extends SQLException {

  private static final long serialVersionUID = 1L;

  NoConnectionException(SQLException cause) {
    super(cause.getMessage(), cause.getSQLState(), cause);
  }

  NoConnectionException(RuntimeException cause) {
    super(cause.getMessage(), "08001", cause);
  }
}
