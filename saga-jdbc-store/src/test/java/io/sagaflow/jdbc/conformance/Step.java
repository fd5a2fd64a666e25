package io.sagaflow.jdbc.conformance;

import io.sagaflow.testkit.database.Fate.Outcome;

/**
 * A step of a script.
 *
 * @param number its number, from 1
 * @param client which process takes it
 * @param action what it does
 * @param outcome what becomes of the first exchange that it leads to
 */
record Step(int number, int client, Action action, Outcome outcome) {

  @Override
  public String toString() {
    String fate = outcome == Outcome.ANSWERED ? "" : ", " + outcome;
    return number + ": client " + client + " " + action + fate;
  }
}
