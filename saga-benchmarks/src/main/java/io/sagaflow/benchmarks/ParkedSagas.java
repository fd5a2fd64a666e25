package io.sagaflow.benchmarks;

import io.sagaflow.ActionContext;
import io.sagaflow.CompensationContext;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sagas that wait for a month until their second step is tried again, and so have left memory. A
 * command to one of them wakes it: cancelled, it compensates its first step.
 */
final class ParkedSagas implements Participant, AutoCloseable {

  private static final String SCHEMA = "bench_engine";
  private static final int STEPS = 3;
  private static final long PATIENCE_SECONDS = 60;
  private static final long SEED = 1;

  private final Server server;
  private final Task task;
  private final SagaDefinition<Parcel> definition = ParcelSaga.ofSteps(STEPS, this);
  private final Node node;

  /** When each woken saga was sent its command. */
  private final Map<SagaId, Long> sentAt = new ConcurrentHashMap<>();

  private final Latencies latencies = new Latencies();
  private final CountDownLatch answers;

  /**
   * What is measured.
   *
   * @param sagas how many are parked
   * @param commands how many are sent, each to another saga
   * @param commandsPerSecond how fast
   * @param poll how often the coordinator asks what is due
   */
  record Task(int sagas, int commands, int commandsPerSecond, Duration poll) {}

  ParkedSagas(Server server, Task task) {
    this.server = server;
    this.task = task;
    this.answers = new CountDownLatch(task.commands());
    this.node = Node.open(server, new Node.Place(SCHEMA, null), builder -> options(builder));
  }

  private SagaCoordinatorBuilder options(SagaCoordinatorBuilder builder) {
    return builder.register(definition).pollInterval(task.poll()).parkAfter(Duration.ofMillis(500));
  }

  @Override
  public void act(ActionContext<Parcel> context) throws IOException {
    if (context.step().equals(ParcelSaga.stepName(2))) {
      throw new IOException("The participant is away");
    }
  }

  @Override
  public void compensate(CompensationContext<Parcel, Receipt> context) {
    Long at = sentAt.remove(context.sagaId());
    if (at != null) {
      latencies.record(System.nanoTime() - at);
      answers.countDown();
    }
  }

  /** Parks all: one by the coordinator, the others as copies of its rows. */
  void park(ClosedLoop.Progress progress) throws Exception {
    Parcel parcel = new Parcel("parked-0", 1, false, "");
    SagaHandle one = node.coordinator().start(definition, parcel.orderId(), parcel);
    try (Connection connection = server.dataSource().getConnection()) {
      awaitParked(connection, one.id());
      CopiedSagas copies = new CopiedSagas(connection, SCHEMA);
      copies.copy(one.id().value(), series(), progress);
      server.settle(SCHEMA);
    }
  }

  private CopiedSagas.Series series() {
    return new CopiedSagas.Series("parked", task.sagas() - 1);
  }

  private static void awaitParked(Connection connection, SagaId saga)
      throws SQLException, InterruptedException {
    String sql =
        "SELECT count(*) FROM bench_engine.saga_instance WHERE owner IS NULL AND id = '"
            + saga.value()
            + "'";
    long endsAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (Sql.number(connection, sql) == 0) {
      if (System.nanoTime() > endsAt) {
        throw new IllegalStateException("The saga wasn't parked");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Sends commands to random sagas, at an even pace, and waits for all answers. */
  Latencies.Snapshot command(ClosedLoop.Progress progress) throws InterruptedException {
    List<SagaHandle> chosen = choose();
    long pause = TimeUnit.SECONDS.toNanos(1) / task.commandsPerSecond();
    long next = System.nanoTime();
    for (SagaHandle saga : chosen) {
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      next += pause;
      sentAt.put(saga.id(), System.nanoTime());
      saga.cancel("benchmark", "to wake it");
    }
    progress.out().printf("%-24s %,d sent%n", progress.name(), chosen.size());
    if (!answers.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(answers.getCount() + " sagas weren't woken");
    }
    return latencies.all();
  }

  private List<SagaHandle> choose() {
    SplittableRandom random = new SplittableRandom(SEED);
    List<SagaHandle> chosen = new ArrayList<>();
    random
        .ints(1, task.sagas())
        .distinct()
        .limit(task.commands())
        .mapToObj(series()::key)
        .forEach(key -> chosen.add(find(key)));
    return chosen;
  }

  private SagaHandle find(String key) {
    return node.coordinator()
        .find(ParcelSaga.NAME, key)
        .orElseThrow(() -> new IllegalStateException("There is no saga " + key));
  }

  @Override
  public void close() {
    node.close();
  }
}
