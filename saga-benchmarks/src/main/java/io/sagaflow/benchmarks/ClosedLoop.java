package io.sagaflow.benchmarks;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of things in flight: one that ends makes room for the next. When the time is over
 * it waits for those in flight, so that what was counted and what it cost belong together; with at
 * least a second of load the ends of the span weigh little.
 *
 * <p>Beginning may block (a start does until it is durable), so there are driver threads; a driver
 * doesn't wait for the end of what it began. The drivers live until the last reading, which sums
 * what each thread has allocated.
 */
final class ClosedLoop {

  private static final long PATIENCE_SECONDS = 120;

  private final Shape shape;
  private final PrintStream progress;

  // Shared with the drivers and with whoever completes a stage.
  private final Latencies latencies = new Latencies();

  private final LongAdder begun = new LongAdder();
  private final LongAccumulator lastEndAt = new LongAccumulator(Math::max, Long.MIN_VALUE);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CountDownLatch read = new CountDownLatch(1);
  private final Semaphore room;
  private final CountDownLatch driven;
  private volatile boolean over;

  /**
   * How much load there is.
   *
   * @param inFlight how many are in flight
   * @param drivers how many threads begin them
   */
  record Shape(int inFlight, int drivers) {}

  private ClosedLoop(Shape shape, PrintStream progress) {
    this.shape = shape;
    this.progress = progress;
    this.room = new Semaphore(shape.inFlight());
    this.driven = new CountDownLatch(shape.drivers());
  }

  /** Runs a load for a time, tells its progress, and measures. */
  static LoadResult run(Shape shape, Load load, Duration time, Gauge gauge, Progress progress)
      throws Exception {
    return new ClosedLoop(shape, progress.out()).measure(load, time, gauge, progress.name());
  }

  /** Where progress is told, and of what. */
  record Progress(String name, PrintStream out) {}

  private LoadResult measure(Load load, Duration time, Gauge gauge, String name) throws Exception {
    Usage before = gauge.read();
    long startedAt = System.nanoTime();
    List<Thread> drivers = drive(load);
    try {
      tellProgress(name, startedAt, startedAt + time.toNanos());
      stop();
      drain();
      Duration elapsed = Duration.ofNanos(lastEndAt.get() - startedAt);
      Usage usage = gauge.read().since(before);
      return new LoadResult(begun.sum(), elapsed, latencies.all(), usage);
    } finally {
      stop();
      read.countDown();
      for (Thread driver : drivers) {
        driver.join();
      }
    }
  }

  private List<Thread> drive(Load load) {
    List<Thread> drivers = new ArrayList<>();
    for (int i = 1; i <= shape.drivers(); i++) {
      Thread driver = new Thread(() -> beginUntilOver(load), "driver-" + i);
      driver.setDaemon(true);
      driver.start();
      drivers.add(driver);
    }
    return drivers;
  }

  private void beginUntilOver(Load load) {
    try {
      room.acquire();
      while (!over) {
        beginOne(load);
        room.acquire();
      }
      driven.countDown();
      read.await();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void beginOne(Load load) throws Exception {
    begun.increment();
    long at = System.nanoTime();
    load.begin()
        .whenComplete(
            (end, problem) -> {
              long now = System.nanoTime();
              latencies.record(now - at);
              lastEndAt.accumulate(now);
              if (problem != null) {
                fail(problem);
              }
              room.release();
            });
  }

  private void fail(Throwable problem) {
    failure.compareAndSet(null, problem);
    stop();
  }

  /** Each driver takes one more of the room and goes: to look now and then would cost time. */
  private synchronized void stop() {
    if (!over) {
      over = true;
      room.release(shape.drivers());
    }
  }

  private void tellProgress(String name, long startedAt, long endsAt) throws InterruptedException {
    long next = startedAt + TimeUnit.SECONDS.toNanos(1);
    while (!over && System.nanoTime() < endsAt) {
      NANOSECONDS.sleep(Math.min(next, endsAt) - System.nanoTime());
      if (System.nanoTime() >= next) {
        Latencies.Snapshot latest = latencies.latest();
        progress.printf(
            Locale.ROOT,
            "%-24s %4d s %,10d /s   p50 %,8.2f ms   p99 %,8.2f ms%n",
            name,
            TimeUnit.NANOSECONDS.toSeconds(next - startedAt),
            latest.count(),
            latest.p50Millis(),
            latest.p99Millis());
        next += TimeUnit.SECONDS.toNanos(1);
      }
    }
  }

  /** Waits until the drivers have begun their last and everything in flight has ended. */
  private void drain() throws InterruptedException {
    boolean all =
        awaitDrivers() && room.tryAcquire(shape.inFlight(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    Throwable problem = failure.get();
    if (problem != null) {
      throw new IllegalStateException("What was measured failed: " + problem, problem);
    }
    if (!all) {
      throw new IllegalStateException(
          "Some of what was begun did not end within " + PATIENCE_SECONDS + " s");
    }
  }

  private boolean awaitDrivers() throws InterruptedException {
    long endsAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (failure.get() == null && System.nanoTime() < endsAt) {
      if (driven.await(10, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return false;
  }
}
