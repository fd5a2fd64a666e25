package io.sagaflow.benchmarks;

import io.sagaflow.ActionContext;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import java.io.PrintStream;
import java.sql.Connection;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a second coordinator takes over what a crash left.
 *
 * @param sagas how many were in flight
 * @param seconds from before the coordinator was built until the action in which each saga was
 *     interrupted has been called again
 * @param endedSeconds until the last action of each has been called: they go on meanwhile
 */
record Recovered(int sagas, double seconds, double endedSeconds) {

  double perSecond() {
    return sagas / seconds;
  }

  /**
   * What is to be recovered.
   *
   * @param sagas how many
   * @param steps of each; at least 3
   * @param inMemory how many the coordinator may have in memory
   */
  record Task(int sagas, int steps, int inMemory) {}

  /** Leaves sagas in the middle, under keys that begin with the name, and takes them over. */
  static Recovered run(Server server, Node.Place place, Task task, ClosedLoop.Progress progress)
      throws Exception {
    SagaId one = Crash.leaveOne(server, place, task.steps(), progress.name() + "-0");
    try (Connection connection = server.dataSource().getConnection()) {
      CopiedSagas.Series rest = new CopiedSagas.Series(progress.name(), task.sagas() - 1);
      new CopiedSagas(connection, place.schema()).copy(one.value(), rest, progress);
      server.settle(place.schema());
    }
    Calls calls = new Calls(task.sagas(), task.steps());
    SagaDefinition<Parcel> definition = ParcelSaga.ofSteps(task.steps(), calls);
    long startedAt = System.nanoTime();
    Node node = Node.open(server, place, builder -> options(builder, task).register(definition));
    try {
      double seconds = calls.again.await(startedAt, progress);
      return new Recovered(task.sagas(), seconds, calls.last.await(startedAt, progress));
    } finally {
      node.close();
    }
  }

  private static SagaCoordinatorBuilder options(SagaCoordinatorBuilder builder, Task task) {
    return builder.nodeName(Crash.NODE).maxSagasInMemory(task.inMemory());
  }

  /** Waits for a call of each saga; a second call of one doesn't count. */
  private static final class Calls implements Participant {

    private final String lastStep;
    private final Once again;
    private final Once last;

    Calls(int sagas, int steps) {
      this.lastStep = ParcelSaga.stepName(steps);
      this.again = new Once(sagas);
      this.last = new Once(sagas);
    }

    @Override
    public void act(ActionContext<Parcel> context) {
      if (context.step().equals(ParcelSaga.stepName(2))) {
        again.by(context.sagaId());
      } else if (context.step().equals(lastStep)) {
        last.by(context.sagaId());
      }
    }
  }

  private static final class Once {

    private static final long PATIENCE_SECONDS = 600;

    private final Set<SagaId> seen = ConcurrentHashMap.newKeySet();
    private final CountDownLatch missing;
    private volatile long doneAt;

    Once(int sagas) {
      this.missing = new CountDownLatch(sagas);
    }

    void by(SagaId saga) {
      if (seen.add(saga)) {
        if (missing.getCount() == 1) {
          doneAt = System.nanoTime();
        }
        missing.countDown();
      }
    }

    double await(long startedAt, ClosedLoop.Progress progress) throws InterruptedException {
      long endsAt = startedAt + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      PrintStream out = progress.out();
      while (!missing.await(1, TimeUnit.SECONDS)) {
        out.printf(Locale.ROOT, "%-24s %,d to go%n", progress.name(), missing.getCount());
        if (System.nanoTime() > endsAt) {
          throw new IllegalStateException(
              missing.getCount() + " sagas weren't run within " + PATIENCE_SECONDS + " s");
        }
      }
      return (doneAt - startedAt) / 1e9;
    }
  }
}
