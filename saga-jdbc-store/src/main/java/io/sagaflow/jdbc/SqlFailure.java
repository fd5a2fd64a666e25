package io.sagaflow.jdbc;

import io.sagaflow.SagaStoreException;
import java.sql.SQLException;

/** What a failed statement means, told by its SQLState and never by its text. */
enum SqlFailure {
  /** The server is away or busy; the same statement may succeed later. */
  UNAVAILABLE,
  /** The values are to blame; the same statement never succeeds. */
  REFUSED,
  /** The database isn't as it has to be; somebody must act. */
  MISCONFIGURED;

  static SqlFailure of(SQLException failure) {
    String state = failure.getSQLState();
    if (state == null) {
      return UNAVAILABLE;
    }
    SqlFailure told =
        switch (state) {
          case "57014", "55P03", "25006", "25P03" -> UNAVAILABLE;
          default -> ofClass(state.length() < 2 ? state : state.substring(0, 2));
        };
    boolean nothingSent = failure instanceof NoConnectionException;
    return nothingSent && told == REFUSED ? MISCONFIGURED : told; // an option of the pool, say
  }

  private static SqlFailure ofClass(String stateClass) {
    return switch (stateClass) {
      case "07", "22", "23", "54" -> REFUSED;
      case "08", "40", "53", "57", "58", "XX" -> UNAVAILABLE;
      default -> MISCONFIGURED;
    };
  }

  /** Whether the statement may have been committed although it failed. */
  static boolean isAmbiguous(SQLException failure) {
    String state = failure.getSQLState();
    if (failure instanceof NoConnectionException) {
      return false;
    }
    if (state == null) {
      return true;
    }
    return switch (state) {
      case "40001", "40P01", "57014", "55P03", "25006", "25P03" -> false; // it says: rolled back
      default -> true;
    };
  }

  /** Tells a failure to users. */
  static SagaStoreException explain(String doing, String server, SQLException failure) {
    String what = "Can't " + doing + " in PostgreSQL at " + server + ": " + failure.getMessage();
    String advice =
        switch (of(failure)) {
          case UNAVAILABLE ->
              " Check that PostgreSQL runs there, accepts connections and can be reached.";
          case REFUSED -> " The values can't be stored; they must not contain NUL characters.";
          case MISCONFIGURED -> " " + advice(failure);
        };
    return new SagaStoreException(
        what + advice + " (SQLState " + failure.getSQLState() + ")", failure);
  }

  private static String advice(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return switch (state) {
      case "42501" -> "Grant the user the rights on the schema and its tables.";
      case "42P01", "42703" ->
          "Check schema and tablePrefix, and let the store create its tables with migrate(true).";
      case "3D000" -> "Create the database, or correct its name in the url.";
      case "3F000" -> "Create the schema, or correct its name.";
      case "26000", "42P05" ->
          "Prepared statements don't pass a pooler in transaction mode as it is set up: add"
              + " prepareThreshold=0 to the url, or have PgBouncer 1.21 or later with"
              + " max_prepared_statements.";
      default ->
          state.startsWith("28")
              ? "Check user and password, and the server's pg_hba.conf."
              : "Check the database's version and set-up.";
    };
  }
}
