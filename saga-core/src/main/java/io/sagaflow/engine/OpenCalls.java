package io.sagaflow.engine;

import io.sagaflow.SagaId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The sagas of which user code may have had an effect that no journal holds yet: from before the
 * call until its outcome is durable. Whoever takes such a saga over has to know. The monitor guards
 * the fields.
 */
final class OpenCalls {

  private enum Phase {
    UNDER_WAY,
    ABANDONED
  }

  private final Map<SagaId, Phase> sagas = new HashMap<>();
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private int underWay;
  private boolean stopped;

  /** Notes a call, unless none may start any more. */
  synchronized boolean tryStart(SagaId sagaId) {
    if (stopped) {
      return false;
    }
    if (sagas.put(sagaId, Phase.UNDER_WAY) != Phase.UNDER_WAY) {
      underWay++;
    }
    return true;
  }

  /** The outcome is durable, or is somebody else's to find out. */
  void settled(SagaId sagaId) {
    synchronized (this) {
      ended(sagas.remove(sagaId));
    }
    tellIfQuiet();
  }

  /** The outcome stays open: nothing more will come of this call here. */
  void abandoned(SagaId sagaId) {
    synchronized (this) {
      ended(sagas.replace(sagaId, Phase.ABANDONED));
    }
    tellIfQuiet();
  }

  /**
   * Lets no call start from now on.
   *
   * @return completes when none is under way
   */
  CompletableFuture<Void> stop() {
    synchronized (this) {
      stopped = true;
    }
    tellIfQuiet();
    return quiet;
  }

  /** The sagas of which a call is open. */
  synchronized Set<SagaId> snapshot() {
    return Set.copyOf(sagas.keySet());
  }

  private void ended(@Nullable Phase before) {
    if (before == Phase.UNDER_WAY) {
      underWay--;
    }
  }

  private void tellIfQuiet() {
    boolean tell;
    synchronized (this) {
      tell = stopped && underWay == 0;
    }
    if (tell) {
      quiet.complete(null);
    }
  }
}
