package io.sagaflow.engine;

import io.sagaflow.SagaId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** The sagas of which user code is running in this process. The monitor guards the set. */
final class RunningCalls {

  private final Set<SagaId> sagas = new HashSet<>();

  synchronized void started(SagaId sagaId) {
    sagas.add(sagaId);
  }

  synchronized void ended(SagaId sagaId) {
    sagas.remove(sagaId);
    if (sagas.isEmpty()) {
      notifyAll();
    }
  }

  synchronized Set<SagaId> snapshot() {
    return Set.copyOf(sagas);
  }

  /** Waits until no call runs; gives up after a time, or when the thread is interrupted. */
  synchronized void await(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long left = timeout.toNanos();
    try {
      while (!sagas.isEmpty() && left > 0) {
        wait(left / 1_000_000 + 1);
        left = deadline - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
