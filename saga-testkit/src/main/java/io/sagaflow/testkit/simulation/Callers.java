package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.testkit.database.DatabaseClient;
import io.sagaflow.testkit.database.SimulatedConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Clients who start a saga within a transaction in which they write something of their own: an
 * order, say. They take their time before they commit, and some think better of it.
 */
final class Callers {

  private enum About {
    HAS_CALLERS,
    JOINS,
    LINGERS
  }

  private static final int LONGEST_MILLIS = 1_500;

  private final World world;

  /** Sagas whose caller's writes are committed, or rolled back. */
  private final Set<SagaId> committed = new HashSet<>();

  private final Set<SagaId> rolledBack = new HashSet<>();

  Callers(World world) {
    this.world = world;
  }

  /** Whether a request is made within a transaction. */
  boolean joins(long at) {
    return world.witness() == Witness.NOBODY
        && world.dice().unit(About.HAS_CALLERS, 0) < 0.3
        && world.dice().unit(About.JOINS, at) < 0.4;
  }

  /** How a saga is started on a connection. */
  interface Joining {
    SagaHandle start(SagaCoordinator coordinator, SimulatedConnection connection);
  }

  /** A caller's own transaction is rolled back. */
  static final class ThoughtBetter extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ThoughtBetter() {
      super("the caller thought better of it", null, false, false);
    }
  }

  /**
   * Starts a saga in a transaction, in the caller's process.
   *
   * @return the saga, which is committed
   * @throws ThoughtBetter if the caller rolled back
   * @throws Exception if there was no transaction, or if its end is in doubt
   */
  SagaHandle start(DatabaseClient client, SagaCoordinator coordinator, Joining joining, long at)
      throws Exception {
    SagaHandle[] started = new SagaHandle[1];
    client
        .transactions()
        .orElseThrow()
        .runner()
        .run(
            connection -> {
              SimulatedConnection mine = SimulatedConnection.of(connection);
              SagaHandle saga = joining.start(coordinator, mine);
              mine.write(() -> committed.add(saga.id()));
              mine.onRollback(() -> rolledBack.add(saga.id()));
              started[0] = saga;
              linger(at);
              if (world.faults().strikes(FaultKind.CALLER_ROLLS_BACK, at)) {
                world.markers().hit(Marker.CALLER_ROLLED_BACK);
                throw new ThoughtBetter();
              }
            });
    return started[0];
  }

  private void linger(long at) {
    if (world.dice().unit(About.LINGERS, at) < 0.3) {
      int millis = 1 + world.dice().below(LONGEST_MILLIS, About.LINGERS, at + 1);
      try {
        world.loop().await(() -> false, Duration.ofMillis(millis));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A saga is there that was started in a transaction; null if all is well with that. */
  @Nullable String check(SagaBook saga) {
    world.markers().hit(Marker.STARTED_IN_A_TRANSACTION);
    if (rolledBack.contains(saga.id)) {
      return saga + " is there, and its caller has rolled back";
    }
    return committed.contains(saga.id)
        ? null
        : saga + " is there, and what its caller wrote in that transaction isn't";
  }

  /** What was committed comes with its saga. */
  @Nullable String check(Books books) {
    for (SagaId id : committed) {
      if (books.find(id) == null) {
        return "saga " + id + " isn't there, and what its caller wrote in that transaction is";
      }
    }
    return null;
  }
}
