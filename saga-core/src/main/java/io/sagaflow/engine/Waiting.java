package io.sagaflow.engine;

import java.time.Duration;
import java.util.concurrent.CancellationException;
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
          future.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
          // done, and the caller looks at how
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
