package io.sagaflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.SagaStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The poll and the heartbeat go on, whatever one of their rounds meets. */
class LoopsTest {

  private final InMemorySagaStore real = new InMemorySagaStore();
  private final AtomicInteger polls = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(strings = {"claim", "commands"})
  void givenPollThatRunsOutOfMemory_whenItsTimeComes_thenItPollsAgain(String method) {
    try (SagaCoordinator coordinator = start(method)) {
      await("the failure", () -> failures.get() == 1);
      int before = polls.get();

      await("another poll", () -> polls.get() > before);

      assertThat(coordinator.find("d", "k")).isEmpty();
    }
  }

  @Test
  void givenHeartbeatThatRunsOutOfMemory_whenItsTimeComes_thenItBeatsAgain() {
    try (SagaCoordinator coordinator = start("heartbeat")) {
      await("the failure", () -> failures.get() == 1);

      await("another beat", () -> real.nodes().stream().mapToLong(NodeBeat::beats).sum() > 1);

      assertThat(coordinator.find("d", "k")).isEmpty();
    }
  }

  private SagaCoordinator start(String failing) {
    return SagaCoordinator.builder()
        .store(failingOnce(failing))
        .pollInterval(Duration.ofMillis(20))
        .leaseDuration(Duration.ofMillis(500))
        .start();
  }

  private SagaStore failingOnce(String failing) {
    return (SagaStore)
        Proxy.newProxyInstance(
            SagaStore.class.getClassLoader(),
            new Class<?>[] {SagaStore.class},
            (self, method, args) -> {
              if (method.getName().equals(failing) && failures.compareAndSet(0, 1)) {
                throw new OutOfMemoryError("not really");
              }
              if (method.getName().equals("claim")) {
                polls.incrementAndGet();
              }
              try {
                return method.invoke(real, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void await(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
