package io.sagaflow.chaos;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for one exchange of a kind, and does something to it. */
final class Trap {

  private static final Duration LONGEST_HOLD = Duration.ofSeconds(60);

  private final Kind kind;
  private final CountDownLatch sprung = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  /** For what it waits, and what it does. */
  enum Kind {
    HOLD_APPEND,
    CUT_BEFORE_APPEND,
    CUT_AFTER_APPEND,
    CUT_BEFORE_COMMIT,
    CUT_AFTER_COMMIT;

    boolean isOfCommit() {
      return this == CUT_BEFORE_COMMIT || this == CUT_AFTER_COMMIT;
    }
  }

  Trap(Kind kind) {
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  boolean waitsFor(Exchange exchange) {
    return kind.isOfCommit() ? exchange.commitsEffects() : exchange.appends();
  }

  void spring() {
    sprung.countDown();
  }

  /** Answers whether it caught something in time. */
  boolean awaitSprung(Duration patience) throws InterruptedException {
    return sprung.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  void release() {
    released.countDown();
  }

  /** Holds what was caught; for a minute at most. */
  void hold() throws InterruptedException {
    if (!released.await(LONGEST_HOLD.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("A held statement was never released");
    }
  }
}
