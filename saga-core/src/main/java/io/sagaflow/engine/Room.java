package io.sagaflow.engine;

import io.sagaflow.SagaOverloadedException;
import io.sagaflow.engine.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The room in memory: sagas that are started here wait for it, first come first served, and claims
 * take what is left. When claims have found none, every second place that gets free is kept for
 * them, so that a steady queue of starts can't keep parked or orphaned sagas out for ever. A start
 * has its place from when it is let in until its saga is counted among those in memory, or there is
 * none. The monitor guards the fields; nobody is called while it is held.
 */
final class Room {

  private final EngineOptions options;
  private final Scheduler scheduler;
  private final IntSupplier inMemory;
  private final Set<Place> waiting = new LinkedHashSet<>();
  private int starting;
  private boolean claimsWait;
  private boolean claimsTurn;
  private int kept;
  private @Nullable RuntimeException closed;

  /** A start's place, or its turn to get one. */
  static final class Place {

    private final CompletableFuture<@Nullable Void> entered = new CompletableFuture<>();
    private boolean taken;
    private Cancellable patience = () -> {};

    /**
     * Completes when there is a place; fails with {@link SagaOverloadedException} after a while.
     */
    CompletableFuture<@Nullable Void> entered() {
      return entered;
    }
  }

  /** Takes how many sagas are in memory now. */
  Room(EngineOptions options, Scheduler scheduler, IntSupplier inMemory) {
    this.options = options;
    this.scheduler = scheduler;
    this.inMemory = inMemory;
  }

  /** How many sagas may be claimed. */
  synchronized int forClaims() {
    int left = left();
    claimsWait = left <= 0;
    return left;
  }

  /** Called when all that is due has been claimed: nothing is kept any longer. */
  void nothingDue() {
    synchronized (this) {
      claimsWait = false;
      kept = 0;
    }
    letIn();
  }

  private int left() {
    return options.limits().inMemory() - inMemory.getAsInt() - starting;
  }

  /**
   * Asks for a place, which is to be given back by {@link #leave} when the start has ended, or
   * isn't waited for any more.
   */
  Place enter() {
    Place place = new Place();
    synchronized (this) {
      if (closed != null) {
        place.entered.completeExceptionally(closed);
        return place;
      }
      if (waiting.isEmpty() && left() - kept > 0) {
        take(place);
        place.entered.complete(null);
        return place;
      }
      waiting.add(place);
    }
    if (options.startPatience().isZero()) {
      refuse(place);
    } else {
      place.patience = scheduler.schedule(options.startPatience(), () -> refuse(place));
    }
    return place;
  }

  /** Gives a place back, whether it has been got or not; to be called once. */
  void leave(Place place) {
    place.patience.cancel();
    synchronized (this) {
      waiting.remove(place);
      if (!place.taken) {
        return;
      }
      place.taken = false;
      starting--;
    }
    freed();
  }

  /** A place has got free. */
  void freed() {
    synchronized (this) {
      claimsTurn = claimsWait && !claimsTurn;
      kept += claimsTurn ? 1 : 0;
    }
    letIn();
  }

  /** Lets nobody in any more. */
  void close(RuntimeException why) {
    List<Place> disappointed;
    synchronized (this) {
      closed = why;
      disappointed = List.copyOf(waiting);
      waiting.clear();
    }
    disappointed.forEach(place -> place.entered.completeExceptionally(why));
  }

  /** Lets starts in for which there is room. */
  void letIn() {
    List<Place> lucky = new ArrayList<>(1);
    synchronized (this) {
      Iterator<Place> next = waiting.iterator();
      while (next.hasNext() && left() - kept > 0) {
        Place place = next.next();
        next.remove();
        take(place);
        lucky.add(place);
      }
    }
    lucky.forEach(place -> place.entered.complete(null));
  }

  private void take(Place place) {
    place.taken = true;
    starting++;
  }

  private void refuse(Place place) {
    synchronized (this) {
      if (!waiting.remove(place)) {
        return;
      }
    }
    place.entered.completeExceptionally(overloaded());
  }

  SagaOverloadedException overloaded() {
    return new SagaOverloadedException(
        "This coordinator has "
            + options.limits().inMemory()
            + " sagas in memory, and none has left within "
            + options.startPatience()
            + ". Nothing was started: repeat it later or on another node, or raise"
            + " maxSagasInMemory.");
  }
}
