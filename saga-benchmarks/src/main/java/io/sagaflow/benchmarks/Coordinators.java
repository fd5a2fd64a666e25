package io.sagaflow.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.jdbc.PostgresSagaStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Coordinators in this process on one database, each with a store and a pool of its own. */
final class Coordinators implements AutoCloseable {

  /** Beside the lanes: one renews the lease, the others claim, read, and look after commands. */
  private static final int OTHER_CONNECTIONS = 4;

  private static final int MOST_LANES = 8;

  private final SagaDefinition<Parcel> definition;
  private final RoundTrips roundTrips = new RoundTrips();
  private final List<HikariDataSource> pools = new ArrayList<>();
  private final List<SagaCoordinator> nodes = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  /**
   * What is set up.
   *
   * @param schema where the tables are
   * @param nodes how many coordinators
   * @param lanes the lanes of each; null for the store's default
   */
  record Setup(String schema, int nodes, @Nullable Integer lanes) {}

  private Coordinators(SagaDefinition<Parcel> definition) {
    this.definition = definition;
  }

  static Coordinators open(Server server, Setup setup, SagaDefinition<Parcel> definition) {
    Coordinators all = new Coordinators(definition);
    try {
      for (int i = 0; i < setup.nodes(); i++) {
        all.add(server, setup);
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private void add(Server server, Setup setup) {
    int lanes = setup.lanes() == null ? MOST_LANES : setup.lanes();
    HikariDataSource pool =
        Server.pool(roundTrips.counting(server.dataSource()), lanes + OTHER_CONNECTIONS);
    pools.add(pool);
    PostgresSagaStore.Builder store =
        PostgresSagaStore.builder().dataSource(pool).schema(setup.schema());
    if (setup.lanes() != null) {
      Lanes.set(store, setup.lanes());
    }
    nodes.add(SagaCoordinator.builder().store(store.build()).register(definition).start());
  }

  /** Starts sagas at the coordinators in turn, and checks how they end. */
  Load load(Parcels parcels) {
    return () -> {
      SagaCoordinator node = nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size()));
      Parcel parcel = parcels.next();
      return node.start(definition, parcel.orderId(), parcel)
          .completion()
          .thenAccept(outcome -> check(outcome, Mode.expected(parcel)));
    };
  }

  private static void check(SagaOutcome outcome, SagaStatus expected) {
    if (outcome.status() != expected) {
      throw new IllegalStateException(
          "Saga " + outcome.sagaId() + " ended " + outcome.status() + ", not " + expected);
    }
  }

  List<HikariDataSource> pools() {
    return pools;
  }

  RoundTrips roundTrips() {
    return roundTrips;
  }

  @Override
  public void close() {
    nodes.forEach(SagaCoordinator::close);
    pools.forEach(HikariDataSource::close);
  }
}
