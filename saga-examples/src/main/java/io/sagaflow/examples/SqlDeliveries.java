package io.sagaflow.examples;

import io.sagaflow.ParticipantCall;
import io.sagaflow.examples.Network.Request;
import io.sagaflow.jdbc.Arrival;
import io.sagaflow.jdbc.ParticipantBarrier;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Keeps deliveries in a schema of its own, behind the library's participant barrier: each call
 * enters its part into the ledger once at most, and never after it was undone.
 */
final class SqlDeliveries {

  static final String SCHEMA = "shop_delivery";

  private final ParticipantBarrier barrier;
  private final Network network;

  SqlDeliveries(DataSource dataSource, Network network) {
    this.barrier = barrier(dataSource);
    this.network = network;
  }

  static ParticipantBarrier barrier(DataSource dataSource) {
    return ParticipantBarrier.create(dataSource, SCHEMA, "call_");
  }

  /** Opens a delivery, in the transaction that journals it. */
  void open(Connection connection, Delivery delivery) throws SQLException {
    enter(connection, delivery, "open", "DONE");
  }

  /** Closes it again, likewise. */
  void close(Connection connection, Delivery delivery) throws SQLException {
    enter(connection, delivery, "open", "UNDONE");
  }

  /** Does a step's part, over the network. */
  void act(ParticipantCall call, Delivery delivery) throws Exception {
    Arrival arrival = pass(call, delivery, "DONE");
    if (arrival.kind() == Arrival.Kind.SUPPRESSED) {
      throw new IllegalStateException("Too late: " + call.step() + " was undone");
    }
  }

  /** Undoes it. */
  void undo(ParticipantCall call, Delivery delivery) throws Exception {
    pass(call, delivery, "UNDONE");
  }

  private Arrival pass(ParticipantCall call, Delivery delivery, String entry) throws Exception {
    return network.call(
        new Request(call.step() + " " + call.direction(), delivery.deliveryId()),
        () ->
            barrier.pass(
                call,
                (connection, result) -> {
                  enter(connection, delivery, call.step(), entry);
                  return null;
                }));
  }

  private static void enter(Connection connection, Delivery delivery, String part, String entry)
      throws SQLException {
    Sql.update(
        connection,
        "INSERT INTO shop_delivery.ledger (delivery_id, part, entry) VALUES (?, ?, ?)",
        delivery.deliveryId(),
        part,
        entry);
  }
}
