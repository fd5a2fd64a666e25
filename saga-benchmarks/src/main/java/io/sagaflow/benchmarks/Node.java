package io.sagaflow.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.jdbc.PostgresSagaStore;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A coordinator with a store and a connection pool of its own. */
final class Node implements AutoCloseable {

  /** Beside the lanes: one renews the lease, the others claim, read, and look after commands. */
  private static final int OTHER_CONNECTIONS = 4;

  /** The store's. */
  static final int LANES_BY_DEFAULT = 2;

  private final HikariDataSource pool;
  private final SagaCoordinator coordinator;

  private Node(HikariDataSource pool, SagaCoordinator coordinator) {
    this.pool = pool;
    this.coordinator = coordinator;
  }

  /**
   * Where a node's sagas are.
   *
   * @param schema where the tables are
   * @param lanes how many lanes write; null for the store's default
   */
  record Place(String schema, @Nullable Integer lanes) {

    int connections() {
      return (lanes == null ? LANES_BY_DEFAULT : lanes) + OTHER_CONNECTIONS;
    }

    PostgresSagaStore store(HikariDataSource pool) {
      PostgresSagaStore.Builder store = PostgresSagaStore.builder().dataSource(pool).schema(schema);
      if (lanes != null) {
        store.lanes(lanes);
      }
      return store.build();
    }
  }

  static Node open(
      Server server,
      Place place,
      RoundTrips roundTrips,
      UnaryOperator<SagaCoordinatorBuilder> options) {
    HikariDataSource pool =
        Server.pool(roundTrips.counting(server.dataSource()), place.connections());
    try {
      SagaCoordinatorBuilder builder = SagaCoordinator.builder().store(place.store(pool));
      return new Node(pool, options.apply(builder).start());
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  static Node open(Server server, Place place, UnaryOperator<SagaCoordinatorBuilder> options) {
    return open(server, place, new RoundTrips(), options);
  }

  SagaCoordinator coordinator() {
    return coordinator;
  }

  HikariDataSource pool() {
    return pool;
  }

  /** Ends as a crash would: without a connection it can neither write nor give its sagas back. */
  void crash() {
    pool.close();
    coordinator.close();
  }

  @Override
  public void close() {
    coordinator.close();
    pool.close();
  }
}
