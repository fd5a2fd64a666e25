package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlFailureTest {

  @ParameterizedTest
  @CsvSource({
    "08006,UNAVAILABLE", // connection failure
    "57P01,UNAVAILABLE", // the server is shut down
    "57P03,UNAVAILABLE", // it is starting up
    "57014,UNAVAILABLE", // the statement's timeout
    "53300,UNAVAILABLE", // too many connections
    "53100,UNAVAILABLE", // disk full
    "40001,UNAVAILABLE", // serialization failure
    "40P01,UNAVAILABLE", // deadlock
    "55P03,UNAVAILABLE", // lock not available
    "25006,UNAVAILABLE", // a replica, until it is promoted
    "25P03,UNAVAILABLE", // the session was ended, since it stood still in a transaction
    "58030,UNAVAILABLE", // I/O error
    "XX000,UNAVAILABLE",
    "22021,REFUSED", // a NUL
    "22001,REFUSED",
    "23505,REFUSED", // the record's number is taken
    "54000,REFUSED", // a limit
    "42501,MISCONFIGURED", // rights
    "42P01,MISCONFIGURED", // no table
    "28P01,MISCONFIGURED", // password
    "3D000,MISCONFIGURED", // no database
    "3F000,MISCONFIGURED", // no schema
    "0A000,MISCONFIGURED",
    "9,MISCONFIGURED"
  })
  void givenSqlState_whenAFailureIsTold_thenItsStateDecides(String state, SqlFailure expected) {
    assertThat(SqlFailure.of(new SQLException("any text", state))).isEqualTo(expected);
  }

  @Test
  void givenNoSqlState_whenAFailureIsTold_thenTheServerIsAwayAndNothingIsCertain() {
    SQLException failure = new SQLException("closed");

    assertThat(SqlFailure.of(failure)).isEqualTo(SqlFailure.UNAVAILABLE);
    assertThat(SqlFailure.isAmbiguous(failure)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01", "57014", "55P03", "25006", "25P03"})
  void givenStatementThatTheServerRolledBack_whenItFailed_thenThatIsCertain(String state) {
    assertThat(SqlFailure.isAmbiguous(new SQLException("", state))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01", "53200", "58030", "XX000"})
  void givenConnectionThatMayHaveBroken_whenItFailed_thenItMayBeCommitted(String state) {
    assertThat(SqlFailure.isAmbiguous(new SQLException("", state))).isTrue();
  }

  /** Nothing was sent, so no value of a saga can be to blame: an option of the pool is, say. */
  @ParameterizedTest
  @ValueSource(strings = {"22023", "23514", "54000", "07006"})
  void givenNoConnection_whenItsStateBlamesValues_thenTheDatabaseIsToBeMended(String state) {
    NoConnectionException failure = new NoConnectionException(new SQLException("", state));

    assertThat(SqlFailure.of(failure)).isEqualTo(SqlFailure.MISCONFIGURED);
    assertThat(SqlFailure.isAmbiguous(failure)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "08001,Check that PostgreSQL runs there",
    "22021,must not contain NUL",
    "42501,Grant the user the rights",
    "42P01,migrate(true)",
    "3D000,Create the database",
    "3F000,Create the schema",
    "28P01,Check user and password",
    "0A000,Check the database's version"
  })
  void givenFailure_whenExplained_thenItSaysWhereAndWhatToDo(String state, String advice) {
    SQLException failure = new SQLException("the server's words", state);

    assertThat(SqlFailure.explain("claim sagas", "host:5432", failure))
        .hasMessageContaining("Can't claim sagas in PostgreSQL at host:5432")
        .hasMessageContaining("the server's words")
        .hasMessageContaining(advice)
        .hasMessageContaining("SQLState " + state)
        .hasCause(failure);
  }
}
