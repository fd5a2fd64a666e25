package io.sagaflow.jdbc;

import java.time.Duration;

/**
 * Whether a leader waits a moment for company before it takes the next batch. The sagas whose
 * writes it has just settled are about to write again. If it doesn't wait they come right after the
 * next batch has left, and the sagas of a lane go on in two halves that take turns: twice as many
 * commits for the same sagas. PostgreSQL's {@code commit_delay} with {@code commit_siblings} is the
 * same idea; here it is known who may come.
 *
 * <p>One or two sagas never wait, and many fill their batches by themselves. Where sagas don't come
 * back so soon, since their calls take longer, a wait is in vain; after each such one twice as many
 * batches go by without one as after the one before. Not thread-safe: the lane guards it.
 */
final class Gathering {

  /** Measured, as are the bounds: see ADR 5. */
  static final Duration PATIENCE = Duration.ofNanos(300_000);

  private static final int FEWEST = 3;
  private static final int MOST = 100;
  private static final int LONGEST_PAUSE = 64;

  private final long patienceNanos;

  /** How many sagas were about when a batch had become durable; 0 once they were waited for. */
  private int company;

  /** How many are to be queued; 0 if nobody waits. */
  private int wanted;

  private int pause = 1;
  private int toPass;

  Gathering(Duration patience) {
    this.patienceNanos = patience.toNanos();
  }

  /**
   * Notes who is about when a batch is durable, and before anybody is told: its sagas may be back
   * at once.
   *
   * @param writes how many it had
   * @param queued how many have queued meanwhile
   */
  void settling(int writes, int queued) {
    company = writes + queued;
  }

  /**
   * Begins to wait, or doesn't.
   *
   * @param queued how many writes are there
   * @return for how many nanoseconds at most; 0 for not at all
   */
  long begin(int queued) {
    int target = company * 3 / 4; // the last ones aren't worth the time of all
    boolean some = company >= FEWEST && company <= MOST;
    company = 0;
    if (!some || queued >= target) {
      return 0;
    }
    if (toPass > 0) {
      toPass--;
      return 0;
    }
    wanted = target;
    return patienceNanos;
  }

  /** Whether enough are there; also if nobody waits for any. */
  boolean isEnough(int queued) {
    return queued >= wanted;
  }

  /** Whether somebody waits, and needn't any longer. */
  boolean isOver(int queued) {
    return wanted > 0 && isEnough(queued);
  }

  /** Ends a wait that was begun; in vain if the time ran out. */
  void end(boolean inVain) {
    toPass = inVain ? pause : 0;
    pause = inVain ? Math.min(LONGEST_PAUSE, 2 * pause) : 1;
    wanted = 0;
  }
}
