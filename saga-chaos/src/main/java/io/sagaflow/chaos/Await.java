package io.sagaflow.chaos;

import java.time.Duration;

/** Waits by looking again and again, with a deadline. */
final class Await {

  private static final long EVERY_MILLIS = 50;

  private Await() {}

  /** Something that may hold. */
  @FunctionalInterface
  interface Condition {

    boolean holds() throws Exception;
  }

  /** Answers whether the condition held in time; a failure to look counts as not yet. */
  static boolean until(Duration patience, Condition condition) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    do {
      if (holds(condition)) {
        return true;
      }
      pause(EVERY_MILLIS);
    } while (System.nanoTime() < end);
    return holds(condition);
  }

  private static boolean holds(Condition condition) throws InterruptedException {
    try {
      return condition.holds();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return false;
    }
  }

  /** The pace of a fault, or of a client. */
  static void pause(long millis) throws InterruptedException {
    Thread.sleep(millis);
  }
}
