package io.sagaflow.examples;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Makes a participant's calls idempotent, in the participant's own local transaction: a row for
 * each action key says whether the effect was applied, was compensated, or may never come about. An
 * action that arrives after its compensation, or twice, changes nothing, and a compensation without
 * an action leaves a tombstone.
 *
 * <p>{@code ON CONFLICT DO NOTHING} waits for another transaction that is writing the same key, so
 * whatever the order of arrival, one comes first. The idea is that of dtm's sub-transaction barrier
 * and Seata's fence.
 */
final class Effects {

  private final String insert;
  private final String select;
  private final String compensate;

  Effects(String schema) {
    String table = schema + ".effect";
    this.insert =
        "INSERT INTO " + table + " (key, order_id, state) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    this.select = "SELECT state FROM " + table + " WHERE key = ?";
    this.compensate =
        "UPDATE " + table + " SET state = 'COMPENSATED' WHERE key = ? AND state = 'APPLIED'";
  }

  /**
   * Begins an action.
   *
   * @return whether its effect is to be applied now; false if it was, by an earlier attempt
   * @throws IllegalStateException if the key's compensation came first
   */
  boolean isNew(Connection connection, String key, Order order) throws SQLException {
    if (insert(connection, key, order, "APPLIED")) {
      return true;
    }
    String state = Sql.read(connection, select, key);
    if (!state.equals("APPLIED")) {
      throw new IllegalStateException("Too late: the effect of " + key + " is " + state);
    }
    return false;
  }

  /**
   * Begins a compensation.
   *
   * @return whether there is an effect to compensate now
   */
  boolean isToBeCompensated(Connection connection, String key, Order order) throws SQLException {
    return !insert(connection, key, order, "NEVER")
        && Sql.update(connection, compensate, key) == 1; // 0: compensated already, or never applied
  }

  private boolean insert(Connection connection, String key, Order order, String state)
      throws SQLException {
    return Sql.update(connection, insert, key, order.orderId(), state) == 1;
  }
}
