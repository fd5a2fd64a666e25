package io.sagaflow.examples;

import io.sagaflow.examples.Network.Request;
import java.sql.Connection;
import javax.sql.DataSource;

/**
 * A service behind a network: each call is one local transaction in its own schema, in which the
 * call's key is kept together with its effect.
 */
final class Participant {

  private final DataSource dataSource;
  private final Network network;
  private final Effects effects;

  Participant(String schema, DataSource dataSource, Network network) {
    this.dataSource = dataSource;
    this.network = network;
    this.effects = new Effects(schema);
  }

  /** What a call does to the tables. */
  @FunctionalInterface
  interface Change {
    void to(Connection connection) throws Exception;
  }

  /** Applies an action's effect, unless an earlier attempt has. */
  void act(String operation, String key, Order order, Change effect) throws Exception {
    call(
        new Request(operation, order.orderId()),
        connection -> {
          applyOnce(connection, key, order, effect);
          return true;
        });
  }

  /** Applies an action's effect, unless an earlier attempt has, and answers what a query says. */
  String ask(String operation, String key, Order order, Change effect, String answer)
      throws Exception {
    return call(
        new Request(operation, order.orderId()),
        connection -> {
          applyOnce(connection, key, order, effect);
          return Sql.read(connection, answer, key);
        });
  }

  /** Compensates an action's effect, if there is one. */
  void compensate(String operation, String actionKey, Order order, Change compensation)
      throws Exception {
    call(
        new Request(operation, order.orderId()),
        connection -> {
          if (effects.isToBeCompensated(connection, actionKey, order)) {
            compensation.to(connection);
          }
          return true;
        });
  }

  private void applyOnce(Connection connection, String key, Order order, Change effect)
      throws Exception {
    if (effects.isNew(connection, key, order)) {
      effect.to(connection);
    }
  }

  private <T> T call(Request request, Sql.Work<T> work) throws Exception {
    return network.call(request, () -> Sql.transaction(dataSource, work));
  }
}
