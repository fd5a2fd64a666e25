package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import io.sagaflow.store.InMemorySagaStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads, for the races that virtual time doesn't have. Each wait has a deadline. */
class RealThreadsTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofSeconds(60); // no slow machine loses it
  private static final Duration SHORT = Duration.ofSeconds(1); // its loss is soon found out
  private static final int CALLERS = 8;
  private static final int EACH = 60;

  private final InMemorySagaStore store = new InMemorySagaStore();
  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS + 1);
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();
  private final CountDownLatch aThird = new CountDownLatch(CALLERS * EACH); // of all actions

  private final SagaDefinition<String> order =
      SagaDefinition.named("order", String.class)
          .step("one")
          .action(this::call)
          .compensation(this::call)
          .step("two")
          .action(this::call)
          .compensation(this::call)
          .atMostOnce()
          .step("three")
          .action(this::call)
          .pivot()
          .build();

  private void call(StepContext<String> context) {
    calls.merge(context.idempotencyKey(), 1, Integer::sum);
    aThird.countDown();
  }

  private SagaCoordinator coordinator(String name, Duration lease) {
    return SagaCoordinator.builder()
        .store(store)
        .nodeName(name)
        .pollInterval(Duration.ofMillis(20))
        .leaseDuration(lease)
        .register(order)
        .start();
  }

  @AfterEach
  void endCallers() {
    callers.shutdownNow();
  }

  /** Lets every caller do something for each of its keys. */
  private <T> List<T> together(KeyedCall<T> call) throws Exception {
    CountDownLatch ready = new CountDownLatch(CALLERS);
    List<Future<List<T>>> futures = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int first = caller * EACH;
      Callable<List<T>> body =
          () -> {
            ready.countDown();
            ready.await();
            List<T> results = new ArrayList<>();
            for (int i = first; i < first + EACH; i++) {
              results.add(call.apply("order-" + i));
            }
            return results;
          };
      futures.add(callers.submit(body));
    }
    List<T> all = new ArrayList<>();
    for (Future<List<T>> future : futures) {
      all.addAll(future.get());
    }
    return all;
  }

  private interface KeyedCall<T> {
    T apply(String key);
  }

  @Test
  void givenManyCallers_whenTheyStartAndAwait_thenAllCompleteAndEachActionRanOnce()
      throws Exception {
    try (SagaCoordinator coordinator = coordinator("node-1", LONG)) {
      List<SagaStatus> ends =
          together(key -> coordinator.start(order, key, "input").await(SOON).status());

      assertThat(ends).hasSize(CALLERS * EACH).containsOnly(SagaStatus.COMPLETED);
      assertThat(calls).hasSize(3 * CALLERS * EACH);
      assertThat(calls.values()).containsOnly(1);
    }
  }

  /** One thread runs actions, and ten thousand calls are under way. */
  @Test
  void givenTenThousandAsynchronousCalls_whenOneThreadBeginsThem_thenAllAreUnderWayAtOnce()
      throws Exception {
    int many = 10_000;
    Queue<CompletableFuture<String>> pending = new ConcurrentLinkedQueue<>();
    CountDownLatch begun = new CountDownLatch(many);
    SagaDefinition<String> asking =
        SagaDefinition.named("asking", String.class)
            .step("ask", String.class)
            .actionAsync(
                ctx -> {
                  CompletableFuture<String> answer = new CompletableFuture<>();
                  pending.add(answer);
                  begun.countDown();
                  return answer;
                })
            .readOnly()
            .build();
    ExecutorService one = Executors.newSingleThreadExecutor();
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder().store(store).register(asking).actionExecutor(one).start()) {
      List<SagaHandle> sagas = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        sagas.add(coordinator.start(asking, "key-" + i, "input"));
      }
      assertThat(begun.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

      pending.forEach(answer -> answer.complete("done"));

      assertThat(sagas)
          .allSatisfy(
              saga -> assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED));
    } finally {
      one.shutdownNow();
    }
  }

  @Test
  void givenCloseUnderLoad_whenAnotherNodeTakesOver_thenNothingIsLostAndNothingRunsTwice()
      throws Exception {
    SagaCoordinator first = coordinator("node-1", LONG);
    SagaCoordinator second = coordinator("node-2", LONG);
    Future<?> closing =
        callers.submit(
            () -> {
              aThird.await();
              first.close();
              return null;
            });

    List<SagaStatus> ends =
        together(
            key -> {
              SagaHandle saga;
              try {
                saga = first.start(order, key, "input");
              } catch (CoordinatorClosedException e) {
                saga = second.start(order, key, "input");
              }
              return second.find(saga.id()).orElseThrow().await(SOON).status();
            });
    closing.get();
    second.close();

    assertThat(ends).hasSize(CALLERS * EACH).containsOnly(SagaStatus.COMPLETED);
    assertThat(calls.values()).as("a clean close leaves no call in doubt").containsOnly(1);
  }

  @Test
  void givenCancelsThatRaceWithTheSagas_whenAllAreAwaited_thenEachEndsOneWayOrTheOther()
      throws Exception {
    try (SagaCoordinator coordinator = coordinator("node-1", LONG)) {
      List<SagaStatus> ends =
          together(
              key -> {
                SagaHandle saga = coordinator.start(order, key, "input");
                saga.cancel("ann", "chance");
                return saga.await(SOON).status();
              });

      assertThat(ends)
          .hasSize(CALLERS * EACH)
          .isSubsetOf(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
      assertThat(calls.values()).containsOnly(1);
    }
  }

  @Test
  void givenLeasesThatAreTakenAway_whenTheNodeJoinsAnewAgainAndAgain_thenAllEnd() throws Exception {
    try (SagaCoordinator coordinator = coordinator("node-1", SHORT)) {
      List<SagaStatus> ends =
          together(
              key -> {
                SagaHandle saga = coordinator.start(order, key, "input");
                if (key.endsWith("37")) {
                  store.nodes().forEach(node -> store.evict(node.node()));
                }
                return saga.await(SOON).status();
              });

      assertThat(ends)
          .hasSize(CALLERS * EACH)
          .isSubsetOf(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
      assertThat(calls.entrySet())
          .filteredOn(call -> call.getKey().endsWith(":two"))
          .allMatch(call -> call.getValue() == 1);
    }
  }
}
