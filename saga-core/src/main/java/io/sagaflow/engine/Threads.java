package io.sagaflow.engine;

import java.lang.reflect.InvocationTargetException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The real environment: the system's clocks, and threads of the engine's own.
 *
 * <p>What comes in bursts of hundreds - a batch was written, and each of its sagas goes on - runs
 * on few threads, which make the sagas' calls as well as long as these don't block. The pool for
 * other calls is a fork-join pool where there are no virtual threads: it wakes the thread that
 * slept last, and few of them; one with a single queue wakes another thread for each task, which
 * cost more than the sagas did.
 */
final class Threads {

  private static final int ACTION_THREADS = 256;

  /** What still comes after the shutdown, as the end of a call that ignored its interrupt. */
  private static final RejectedExecutionHandler DISCARD = new ThreadPoolExecutor.DiscardPolicy();

  private Threads() {}

  /**
   * User code runs on threads that move sagas, as far as they can be spared; otherwise on virtual
   * threads where the JVM has them, or in a bounded pool.
   */
  static Environment environment(String node, @Nullable Executor userActions) {
    ExecutorService engine = engine(node);
    ExecutorService own = userActions == null ? actions(node) : null;
    ExecutorService sagas = sagas(node, own == null ? Runnable::run : own);
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, daemons("sagaflow-timer-" + node), DISCARD);
    timer.setRemoveOnCancelPolicy(true);
    Executor actions = own == null ? userActions : hereOrIn(own);
    Runnable shutdown =
        () -> {
          timer.shutdownNow();
          engine.shutdown();
          sagas.shutdown();
          if (own != null) {
            own.shutdown();
          }
        };
    return new Environment(
        InstantSource.system(),
        System::nanoTime,
        new SecureRandom(),
        onTimer(timer, engine),
        Waiting.BLOCKING,
        engine,
        sagas,
        actions == null ? Runnable::run : actions,
        shutdown);
  }

  private static Scheduler onTimer(ScheduledThreadPoolExecutor timer, ExecutorService engine) {
    return (delay, task) -> {
      ScheduledFuture<?> future =
          timer.schedule(
              () -> {
                try {
                  engine.execute(task);
                } catch (Error e) { // no thread is left: better late timers than a lost one
                  task.run();
                }
              },
              TimeUnit.NANOSECONDS.convert(delay),
              TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    };
  }

  /** As many threads as there is work: it never waits for user code. */
  private static ExecutorService engine(String node) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        60,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        daemons("sagaflow-engine-" + node),
        DISCARD);
  }

  /**
   * Half of its threads wait for nothing but the writes that they lead, one for each lane. The
   * others may be spared for user code.
   */
  private static ExecutorService sagas(String node, Executor otherCalls) {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    Semaphore spares = new Semaphore(threads);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            2 * threads,
            2 * threads,
            60,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons(
                "sagaflow-saga-" + node,
                (task, name) -> new EngineThread(task, name, spares, otherCalls)),
            DISCARD);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** A thread that has just moved a saga makes its call, if it can be spared. */
  private static Executor hereOrIn(ExecutorService pool) {
    return call -> {
      if (!EngineThread.offer(call)) {
        pool.execute(call);
      }
    };
  }

  private static ExecutorService actions(String node) {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      return pool("sagaflow-action-" + node);
    }
  }

  /** First come, first served; its threads see the classes that the caller sees. */
  private static ForkJoinPool pool(String name) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    AtomicInteger count = new AtomicInteger();
    return new ForkJoinPool(
        ACTION_THREADS,
        pool -> {
          ForkJoinWorkerThread thread =
              ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
          thread.setName(name + "-" + count.incrementAndGet());
          thread.setContextClassLoader(loader);
          return thread;
        },
        null,
        true);
  }

  private static ThreadFactory daemons(String name) {
    return daemons(name, Thread::new);
  }

  /** Their threads see the classes that the caller sees. */
  private static ThreadFactory daemons(
      String name, BiFunction<Runnable, String, Thread> newThread) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = newThread.apply(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      thread.setContextClassLoader(loader);
      return thread;
    };
  }
}
