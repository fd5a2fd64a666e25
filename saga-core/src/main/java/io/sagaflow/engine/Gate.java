package io.sagaflow.engine;

import io.sagaflow.CallLimit;
import io.sagaflow.CallLimit.Rate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Lets calls in as a limit allows, in the order in which they came. Whoever waits here holds no
 * thread.
 *
 * <p>The rate is a sliding window's: the moments of the last admissions are kept, so that in no
 * window, however it is laid, more calls begin than allowed. The monitor guards the fields; nobody
 * is called while it is held.
 */
final class Gate {

  private final CallLimit limit;
  private final LongSupplier nanos;
  private final Scheduler scheduler;
  private final Set<Passage> queue = new LinkedHashSet<>();

  /** When the last calls came in that the rate still counts. */
  private final Queue<Long> admissions = new ArrayDeque<>();

  private int inside;
  private boolean timed;
  private boolean open;

  Gate(CallLimit limit, LongSupplier nanos, Scheduler scheduler) {
    this.limit = limit;
    this.nanos = nanos;
    this.scheduler = scheduler;
  }

  /** Queues a call; it is admitted by {@link #admit}. */
  synchronized void queue(Passage passage) {
    queue.add(passage);
  }

  /** Forgets a call that waits here, if it does. */
  synchronized void forget(Passage passage) {
    queue.remove(passage);
  }

  /** Notes that an admitted call has ended, or never began. */
  void leave() {
    synchronized (this) {
      inside--;
    }
    admit();
  }

  /** Lets in whatever comes, from now on: it will find that nothing begins any more. */
  void open() {
    synchronized (this) {
      open = true;
    }
    admit();
  }

  /** Lets in whoever may come in. */
  void admit() {
    List<Passage> admitted = new ArrayList<>(1);
    synchronized (this) {
      Iterator<Passage> waiting = queue.iterator();
      while (waiting.hasNext() && mayEnter()) {
        admitted.add(waiting.next());
        waiting.remove();
        inside++;
        if (limit.rate().isPresent()) {
          admissions.add(nanos.getAsLong());
        }
      }
    }
    admitted.forEach(Passage::admitted);
  }

  private boolean mayEnter() {
    return open || (inside < limit.concurrent().orElse(Integer.MAX_VALUE) && rateAllows());
  }

  private boolean rateAllows() {
    if (limit.rate().isEmpty()) {
      return true;
    }
    Rate rate = limit.rate().get();
    long now = nanos.getAsLong();
    long window = rate.per().toNanos();
    while (!admissions.isEmpty() && now - admissions.element() >= window) {
      admissions.remove();
    }
    if (admissions.size() < rate.calls()) {
      return true;
    }
    admitIn(Duration.ofNanos(window - (now - admissions.element())));
    return false;
  }

  private void admitIn(Duration delay) {
    if (!timed) {
      scheduler.schedule(delay, this::timeIsUp);
      timed = true;
    }
  }

  private void timeIsUp() {
    synchronized (this) {
      timed = false;
    }
    admit();
  }
}
