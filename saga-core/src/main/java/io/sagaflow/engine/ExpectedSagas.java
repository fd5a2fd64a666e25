package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.engine.Scheduler.Cancellable;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sagas that were started in transactions of callers. Nobody tells when such a one is committed, so
 * this looks for them: often at first, then less so, and after a while it leaves them to the poll.
 * One look is for all of them. The monitor guards the fields; it isn't held during a look.
 */
final class ExpectedSagas {

  private static final Duration FIRST_GAP = Duration.ofMillis(5);
  private static final Duration LONGEST_GAP = Duration.ofMillis(40);
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int MOST = 10_000;

  private final Environment environment;
  private final BooleanSupplier look;

  /** Since when each is expected; the first is the oldest. */
  private final Map<SagaId, Long> since = new LinkedHashMap<>();

  /** Those that were seen in the store. What isn't claimed by the next look is another node's. */
  private final Set<SagaId> seen = new HashSet<>();

  private Duration gap = FIRST_GAP;
  private @Nullable Cancellable timer;

  /** Takes what claims whatever is due, and says by {@link #arrived} what, and whether it could. */
  ExpectedSagas(Environment environment, BooleanSupplier look) {
    this.environment = environment;
    this.look = look;
  }

  /** A look that is due soon isn't put off: those that keep coming would keep it from happening. */
  synchronized void add(SagaId sagaId) {
    since.put(sagaId, environment.nanos().getAsLong());
    if (since.size() > MOST) {
      removeOldest();
    }
    if (timer != null && gap.compareTo(FIRST_GAP) > 0) {
      timer.cancel();
      timer = null;
    }
    if (timer == null) {
      lookAfter(FIRST_GAP);
    }
  }

  /**
   * Notes that this node has claimed a saga.
   *
   * @return whether it was expected
   */
  synchronized boolean arrived(SagaId sagaId) {
    return since.remove(sagaId) != null;
  }

  /** Notes that these sagas are in the store, whoever has them. */
  synchronized void saw(Collection<SagaId> sagaIds) {
    sagaIds.stream().filter(since::containsKey).forEach(seen::add);
  }

  synchronized boolean isExpected(SagaId sagaId) {
    return since.containsKey(sagaId);
  }

  synchronized Set<SagaId> snapshot() {
    return Set.copyOf(since.keySet());
  }

  synchronized void stop() {
    since.clear();
    seen.clear();
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void lookNow() {
    Set<SagaId> visible;
    synchronized (this) {
      timer = null;
      forgetOld();
      visible = Set.copyOf(seen);
      if (since.isEmpty()) {
        return;
      }
    }
    boolean looked = look.getAsBoolean();
    synchronized (this) {
      if (looked) {
        since.keySet().removeAll(visible);
        seen.removeAll(visible);
      }
      if (!since.isEmpty() && timer == null) { // otherwise one was added meanwhile
        Duration doubled = gap.multipliedBy(2);
        lookAfter(doubled.compareTo(LONGEST_GAP) > 0 ? LONGEST_GAP : doubled);
      }
    }
  }

  private void lookAfter(Duration nextGap) {
    gap = nextGap;
    timer = environment.scheduler().schedule(nextGap, this::lookNow);
  }

  private void forgetOld() {
    long now = environment.nanos().getAsLong();
    since.values().removeIf(at -> now - at > PATIENCE_NANOS);
    seen.retainAll(since.keySet());
  }

  private void removeOldest() {
    Iterator<SagaId> oldest = since.keySet().iterator();
    oldest.next();
    oldest.remove();
  }
}
