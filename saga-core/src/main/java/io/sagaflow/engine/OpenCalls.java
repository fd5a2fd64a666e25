package io.sagaflow.engine;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.sagaflow.SagaId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The sagas of which user code may have had an effect that no journal holds yet: from before the
 * call until its outcome is durable. Whoever takes such a saga over has to know. Kept by actor, for
 * a saga that was lost and claimed again has two while the old one's call goes on. The monitor
 * guards the fields.
 */
final class OpenCalls {

  private enum Phase {
    UNDER_WAY,
    ABANDONED
  }

  private final Map<SagaActor<?>, Phase> actors = new HashMap<>();
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private int underWay;
  private boolean stopped;

  /** Notes a call, unless none may start any more. */
  synchronized boolean tryStart(SagaActor<?> actor) {
    if (stopped) {
      return false;
    }
    actors.put(actor, Phase.UNDER_WAY); // an actor has one call at a time
    underWay++;
    return true;
  }

  /** The outcome is durable, or is somebody else's to find out. */
  void settled(SagaActor<?> actor) {
    synchronized (this) {
      ended(actors.remove(actor));
    }
    tellIfQuiet();
  }

  /** The outcome stays open: nothing more will come of this call here. */
  void abandoned(SagaActor<?> actor) {
    synchronized (this) {
      ended(actors.replace(actor, Phase.ABANDONED));
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
    return actors.keySet().stream().map(SagaActor::id).collect(toUnmodifiableSet());
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
