package io.sagaflow.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a caller's thread waits. Injected, so that tests wait in virtual time. */
public interface Waiting {

  /** Blocks the calling thread. */
  Waiting BLOCKING =
      (future, timeout) -> {
        try {
          long nanos = TimeUnit.NANOSECONDS.convert(timeout); // the longest, if it is longer
          future.handle((result, failure) -> null).get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
          throw new IllegalStateException("A handled failure can't fail", e);
        }
      };

  /**
   * Waits until a future is done, however.
   *
   * @param future what to wait for
   * @param timeout how long at most
   * @throws TimeoutException if it isn't done by then
   * @throws InterruptedException if the thread is interrupted
   */
  void until(CompletableFuture<?> future, Duration timeout)
      throws TimeoutException, InterruptedException;
}
