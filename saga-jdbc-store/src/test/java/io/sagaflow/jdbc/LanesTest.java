package io.sagaflow.jdbc;

import static io.sagaflow.jdbc.Samples.append;
import static io.sagaflow.jdbc.Samples.saga;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.jdbc.BreakingDataSource.Break;
import io.sagaflow.store.NewSaga;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StartResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
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

  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private final List<CompletableFuture<StartResult>> started = new ArrayList<>();

  @AfterEach
  void close() {
    gate.countDown();
    store.close();
  }

  @Test
  void givenFewSagasUnderWay_whenAnotherIsStarted_thenItWaitsForTheFirstLane() throws Exception {
    shutGate();
    startOnThread(saga(id(2), "even"));
    awaitWaiting(1);

    CompletableFuture<StartResult> odd =
        store.start(node, saga(id(1), "odd")).toCompletableFuture();

    assertThat(waiting).hasSize(1); // it would have led the other lane, and waited at the gate
    gate.countDown();
    assertThat(odd.get(60, SECONDS).created()).isTrue();
  }

  @Test
  void givenManySagasUnderWay_whenAnotherIsStarted_thenItsIdChoosesTheLane() throws Exception {
    shutGate();
    startOnThread(saga(id(2), "even"));
    awaitWaiting(1);
    started.add(store.start(node, saga(id(4), "even too")).toCompletableFuture());

    startOnThread(saga(id(1), "odd"));

    awaitWaiting(2);
    gate.countDown();
    for (CompletableFuture<StartResult> each : all()) {
      assertThat(each.get(60, SECONDS).created()).isTrue();
    }
  }

  /** The start of an odd one went to the first lane; its append mustn't overtake that. */
  @Test
  void givenASagaWithAWriteUnderWay_whenWritesAreSpread_thenItsNextOneStaysBehindIt()
      throws Exception {
    shutGate();
    NewSaga odd = saga(id(1), "odd");
    startOnThread(odd);
    awaitWaiting(1);
    started.add(store.start(node, saga(id(4), "even")).toCompletableFuture());

    CompletableFuture<Void> next =
        store.append(node, append(odd.header().id(), 2, "next")).toCompletableFuture();

    assertThat(waiting).hasSize(1);
    gate.countDown();
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
          waiting.add(Thread.currentThread());
          try {
            gate.await(60, SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Whoever finds its lane idle leads it, and so waits at the gate. */
  private void startOnThread(NewSaga saga) {
    CompletableFuture<StartResult> told = new CompletableFuture<>();
    synchronized (started) {
      started.add(told);
    }
    new Thread(
            () ->
                store
                    .start(node, saga)
                    .whenComplete(
                        (result, failure) -> {
                          if (failure == null) {
                            told.complete(result);
                          } else {
                            told.completeExceptionally(failure);
                          }
                        }),
            "leader")
        .start();
  }

  private List<CompletableFuture<StartResult>> all() {
    synchronized (started) {
      return List.copyOf(started);
    }
  }

  private void awaitWaiting(int leaders) {
    while (waiting.size() < leaders) {
      Thread.onSpinWait();
    }
  }
}
