package io.sagaflow.examples;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEndedException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaListener;
import io.sagaflow.jdbc.PostgresSagaStore;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** One coordinator of the shop, with its way to the three participants. */
final class ShopNode implements AutoCloseable {

  private static final int PARTICIPANT_CONNECTIONS = 16;
  private static final int STORE_CONNECTIONS = 5;

  private final Network network;
  private final HikariDataSource participants;
  private final HikariDataSource sagas;
  private final SagaDefinition<Order> placeOrder;
  private final SagaDefinition<Delivery> deliver;
  private final SagaCoordinator coordinator;

  /**
   * What a node is made of.
   *
   * @param url the database
   * @param name the node's name; who starts under the same name takes over at once
   * @param lease how long a node of another name waits before it takes over
   * @param network the way to the participants, closed with the node
   * @param listener learns of each record
   */
  record Setup(String url, String name, Duration lease, Network network, SagaListener listener) {}

  private ShopNode(Setup setup) {
    network = setup.network();
    participants = Postgres.pool(setup.url(), "participants", PARTICIPANT_CONNECTIONS);
    sagas = Postgres.pool(setup.url(), "sagas", STORE_CONNECTIONS);
    placeOrder =
        PlaceOrder.over(
            new SqlOrders(participants, network),
            new SqlInventory(participants, network),
            new SqlPayments(participants, network));
    deliver = Deliver.over(new SqlDeliveries(participants, network));
    coordinator =
        SagaCoordinator.builder()
            .store(store(sagas))
            .register(placeOrder)
            .register(deliver)
            .nodeName(setup.name())
            .leaseDuration(setup.lease())
            .listener(setup.listener())
            .start();
  }

  static ShopNode start(Setup setup) {
    return new ShopNode(setup);
  }

  /** The store of all the shop's coordinators. */
  static PostgresSagaStore store(DataSource dataSource) {
    return PostgresSagaStore.builder().dataSource(dataSource).schema(Shop.SAGAS).build();
  }

  /** Places an order. When this returns, it is accepted: it will be confirmed or cancelled. */
  SagaHandle place(Order order) throws SQLException {
    SagaHandle saga = coordinator.start(placeOrder, order.orderId(), order);
    Shop.accepted(participants, order);
    return saga;
  }

  /**
   * Accepts a delivery, and passes on what the customer says; both may be repeated without harm.
   * When this returns, it will be handed over, or nothing of it is left.
   */
  SagaHandle deliver(Delivery delivery) throws SQLException {
    String id = delivery.deliveryId();
    SagaHandle saga = coordinator.start(deliver, id, delivery);
    Shop.accepted(participants, delivery);
    if (delivery.customerIsThere()) {
      try {
        coordinator.signal(saga.id(), Deliver.CUSTOMER_IS_READY, "now", id);
      } catch (SagaEndedException tooLate) {
        // it has turned back meanwhile: there is nothing any more that the customer could be ready
        // for
      }
    }
    return saga;
  }

  @Override
  public void close() {
    coordinator.close(); // the last to call
    network.close(); // what it still carries needs the participants' connections
    sagas.close();
    participants.close();
  }
}
