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

  /** An actor's calls: how many are under way, and whether one was abandoned. */
  private record Tally(int underWay, boolean abandoned) {}

  private static final Tally NONE = new Tally(0, false);

  private final Map<SagaActor<?>, Tally> actors = new HashMap<>();
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private int underWay;
  private boolean stopped;

  /** Notes a call, unless none may start any more. */
  synchronized boolean tryStart(SagaActor<?> actor) {
    if (stopped) {
      return false;
    }
    Tally before = actors.getOrDefault(actor, NONE);
    actors.put(actor, new Tally(before.underWay + 1, before.abandoned));
    underWay++;
    return true;
  }

  /** The outcome of a call is durable, or is somebody else's to find out. */
  void settled(SagaActor<?> actor) {
    ended(actor, false);
  }

  /** The outcome of a call stays open: nothing more will come of it here. */
  void abandoned(SagaActor<?> actor) {
    ended(actor, true);
  }

  private void ended(SagaActor<?> actor, boolean abandoned) {
    synchronized (this) {
      underWay--;
      actors.computeIfPresent(actor, (same, before) -> after(before, abandoned));
    }
    tellIfQuiet();
  }

  private static @Nullable Tally after(Tally before, boolean abandoned) {
    Tally after = new Tally(before.underWay - 1, before.abandoned || abandoned);
    return after.equals(NONE) ? null : after;
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
