package io.sagaflow.engine;

import io.sagaflow.engine.Scheduler.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Rings once, at the time for which it was set last. An actor's alone, and so for one at a time; it
 * rings on any thread, and one that is about to ring can't be stopped any more.
 */
final class Alarm {

  private final Scheduler scheduler;
  private final Runnable ring;
  private @Nullable Cancellable timer;

  Alarm(Scheduler scheduler, Runnable ring) {
    this.scheduler = scheduler;
    this.ring = ring;
  }

  void ringAfter(Duration delay) {
    stop();
    timer = scheduler.schedule(delay, ring);
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
