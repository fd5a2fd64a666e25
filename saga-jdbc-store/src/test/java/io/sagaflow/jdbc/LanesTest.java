package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.append;
import static io.sagaflow.jdbc.Samples.saga;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StartResult;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two lanes, of which the second is used from the third saga under way on. */
class LanesTest {

  private final DataSource database = SharedDatabase.emptied();
  private final Look look = new Look(database);
  private final BreakingDataSource network = new BreakingDataSource(database);
  private final PostgresSagaStore store =
      PostgresSagaStore.builder().dataSource(network).lanes(2).spreadFrom(2).build();
  private final NodeId node = store.join("a");

  /** A lane's leader waits here with its batch. */
  private final CountDownLatch gate = new CountDownLatch(1);

  /** A permit for each that has come there. */
  private final Semaphore waiting = new Semaphore(0);

  @AfterEach
  void close() {
    gate.countDown();
    store.close();
  }

  @Test
  void givenFewSagasUnderWay_whenAnotherIsStarted_thenItWaitsForTheFirstLane() throws Exception {
    shutGate();
    CompletableFuture<StartResult> even = startOnThread(saga(id(2), "even"));
    awaitLeader();

    CompletableFuture<StartResult> odd =
        store.start(node, saga(id(1), "odd")).toCompletableFuture();

    assertThat(waiting.availablePermits())
        .isZero(); // it would have led the other lane, and waited at the gate
    gate.countDown();
    assertThat(even.get(60, SECONDS).created()).isTrue();
    assertThat(odd.get(60, SECONDS).created()).isTrue();
  }

  @Test
  void givenManySagasUnderWay_whenAnotherIsStarted_thenItsIdChoosesTheLane() throws Exception {
    shutGate();
    CompletableFuture<StartResult> even = startOnThread(saga(id(2), "even"));
    awaitLeader();
    CompletableFuture<StartResult> queued =
        store.start(node, saga(id(4), "even too")).toCompletableFuture();

    CompletableFuture<StartResult> odd = startOnThread(saga(id(1), "odd"));

    awaitLeader();
    gate.countDown();
    assertThat(even.get(60, SECONDS).created()).isTrue();
    assertThat(queued.get(60, SECONDS).created()).isTrue();
    assertThat(odd.get(60, SECONDS).created()).isTrue();
  }

  /** The start of an odd one went to the first lane; its append mustn't overtake that. */
  @Test
  void givenASagaWithAWriteUnderWay_whenWritesAreSpread_thenItsNextOneStaysBehindIt()
      throws Exception {
    shutGate();
    NewSaga odd = saga(id(1), "odd");
    CompletableFuture<StartResult> first = startOnThread(odd);
    awaitLeader();
    CompletableFuture<StartResult> even =
        store.start(node, saga(id(4), "even")).toCompletableFuture();

    CompletableFuture<Void> next =
        store.append(node, append(odd.header().id(), 2, "next")).toCompletableFuture();

    assertThat(waiting.availablePermits()).isZero();
    gate.countDown();
    assertThat(first.get(60, SECONDS).created()).isTrue();
    assertThat(even.get(60, SECONDS).created()).isTrue();
    next.get(60, SECONDS);
    assertThat(
            look.query("SELECT seq FROM saga_journal WHERE saga_id = '" + id(1) + "' ORDER BY 1"))
        .containsExactly("1", "2");
  }

  private static UUID id(long lowBits) {
    return new UUID(0x7000, lowBits);
  }

  private void shutGate() {
    network.trapNext(
        Break.BEFORE_EXECUTE,
        "journal",
        Integer.MAX_VALUE,
        connection -> {
          waiting.release();
          try {
            gate.await(60, SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Whoever finds its lane idle leads it, and so waits at the gate. */
  private CompletableFuture<StartResult> startOnThread(NewSaga saga) {
    return CompletableFuture.supplyAsync(
            () -> store.start(node, saga), task -> new Thread(task, "leader").start())
        .thenCompose(start -> start);
  }

  private void awaitLeader() throws InterruptedException {
    assertThat(waiting.tryAcquire(60, SECONDS)).isTrue();
  }
}
