package io.sagaflow.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A listener may use the coordinator: it is never told on the thread on which the lane writes. */
class ListenerTest {

  private static final int CALLERS = 16;
  private static final int SAGAS = 60;
  private static final Duration SOON = Duration.ofSeconds(60);

  private final SagaDefinition<String> parent = definition("parent");
  private final SagaDefinition<String> child = definition("child");
  private final CompletableFuture<SagaCoordinator> started = new CompletableFuture<>();
  private final ConcurrentLinkedQueue<SagaHandle> children = new ConcurrentLinkedQueue<>();
  private final AtomicInteger left = new AtomicInteger(SAGAS);
  private final CountDownLatch added = new CountDownLatch(SAGAS);

  private static SagaDefinition<String> definition(String name) {
    return SagaDefinition.named(name, String.class)
        .step("work")
        .action(ctx -> {})
        .readOnly()
        .build();
  }

  @Test
  void givenListenerThatStartsSagas_whenManyCallersStartTheirs_thenAllOfThemEnd() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder()
            .store(PostgresSagaStore.create(SharedDatabase.emptied()))
            .register(parent, child)
            .listener(this::startAChild)
            .start()) {
      started.complete(coordinator);
      List<Callable<SagaHandle>> starts = new ArrayList<>();
      for (int i = 0; i < SAGAS; i++) {
        String key = "parent-" + i;
        starts.add(() -> coordinator.start(parent, key, key));
      }

      for (Future<SagaHandle> start : callers.invokeAll(starts)) {
        assertThat(start.get(60, SECONDS).await(SOON).isCompleted()).isTrue();
      }

      assertThat(added.await(60, SECONDS)).isTrue();
      assertThat(children).hasSize(SAGAS).allMatch(saga -> saga.await(SOON).isCompleted());
    } finally {
      callers.shutdownNow();
    }
  }

  /** As many children as there are parents, whosever start it is told of. */
  private void startAChild(SagaEvent event) {
    if (event.kind() == RecordKind.SAGA_STARTED && left.getAndDecrement() > 0) {
      children.add(started.join().start(child, "of " + event.sagaId(), "input"));
      added.countDown();
    }
  }
}
