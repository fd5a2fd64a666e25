package io.sagaflow.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Coordinators in this process that share the load of one database. */
final class Coordinators implements AutoCloseable {

  private final SagaDefinition<Parcel> definition;
  private final RoundTrips roundTrips = new RoundTrips();
  private final List<Node> nodes = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();

  private Coordinators(SagaDefinition<Parcel> definition) {
    this.definition = definition;
  }

  static Coordinators open(
      Server server, Node.Place place, int count, SagaDefinition<Parcel> definition) {
    Coordinators all = new Coordinators(definition);
    try {
      for (int i = 0; i < count; i++) {
        all.nodes.add(Node.open(server, place, all.roundTrips, node -> node.register(definition)));
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /** Starts sagas at the coordinators in turn, and checks how they end. */
  Load load(Parcels parcels, boolean blocking) {
    return () -> {
      SagaCoordinator node = next();
      Parcel parcel = parcels.next();
      CompletionStage<SagaOutcome> end =
          blocking
              ? node.start(definition, parcel.orderId(), parcel).completion()
              : node.startAsync(definition, parcel.orderId(), parcel)
                  .thenCompose(SagaHandle::completion);
      return end.thenAccept(outcome -> check(outcome, Mode.expected(parcel)));
    };
  }

  private SagaCoordinator next() {
    return nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size())).coordinator();
  }

  private static void check(SagaOutcome outcome, SagaStatus expected) {
    if (outcome.status() != expected) {
      throw new IllegalStateException(
          "Saga " + outcome.sagaId() + " ended " + outcome.status() + ", not " + expected);
    }
  }

  List<HikariDataSource> pools() {
    return nodes.stream().map(Node::pool).toList();
  }

  RoundTrips roundTrips() {
    return roundTrips;
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
  }
}
