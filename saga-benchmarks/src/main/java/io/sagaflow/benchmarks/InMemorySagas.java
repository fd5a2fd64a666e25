package io.sagaflow.benchmarks;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaOutcome;
import io.sagaflow.store.InMemorySagaStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The engine alone: sagas on the in-memory store, whose actions do nothing. One operation is one
 * saga; a good number of them are in flight at a time, as in a service that is busy.
 */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class InMemorySagas {

  static final int SAGAS_AT_ONCE = 500;

  /** The steps of a saga. */
  @Param("3")
  public int steps;

  /** What runs the actions: the calling thread, or the coordinator's own threads. */
  @Param({"CALLER", "DEFAULT"})
  public Actions actions = Actions.CALLER;

  /** What runs actions. */
  public enum Actions {
    /** The thread of the engine that calls. */
    CALLER,
    /** The coordinator's default: virtual threads, or a pool. */
    DEFAULT
  }

  private final Parcels parcels = new Parcels(Mode.HAPPY, 0);
  private SagaDefinition<Parcel> definition = ParcelSaga.ofSteps(1, Participant.IDLE);

  @SuppressWarnings("NullAway.Init") // by open(), before anything else
  private SagaCoordinator coordinator;

  /** Starts afresh: the store keeps what has ended. */
  @Setup(Level.Iteration)
  public void open() {
    definition = ParcelSaga.ofSteps(steps, Participant.IDLE);
    coordinator = coordinator(actions, definition);
  }

  static SagaCoordinator coordinator(Actions actions, SagaDefinition<Parcel> definition) {
    var builder = SagaCoordinator.builder().store(new InMemorySagaStore()).register(definition);
    return switch (actions) {
      case CALLER -> builder.actionExecutor(Runnable::run).start();
      case DEFAULT -> builder.start();
    };
  }

  /** Stops the coordinator. */
  @TearDown(Level.Iteration)
  public void close() {
    coordinator.close();
  }

  /**
   * Runs sagas to their end.
   *
   * @return how they ended
   * @throws ExecutionException if one was not ended by this coordinator
   * @throws InterruptedException if JMH stops it
   */
  @Benchmark
  @OperationsPerInvocation(SAGAS_AT_ONCE)
  public List<SagaOutcome> sagas() throws ExecutionException, InterruptedException {
    List<CompletableFuture<SagaOutcome>> running = new ArrayList<>(SAGAS_AT_ONCE);
    for (int i = 0; i < SAGAS_AT_ONCE; i++) {
      Parcel parcel = parcels.next();
      running.add(
          coordinator
              .start(definition, parcel.orderId(), parcel)
              .completion()
              .toCompletableFuture());
    }
    List<SagaOutcome> outcomes = new ArrayList<>(SAGAS_AT_ONCE);
    for (CompletableFuture<SagaOutcome> one : running) {
      outcomes.add(one.get());
    }
    return outcomes;
  }
}
