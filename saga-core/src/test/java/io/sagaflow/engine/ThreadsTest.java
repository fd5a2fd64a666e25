package io.sagaflow.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real environment. */
class ThreadsTest {

  private static final int POOL = 256;
  private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

  private final Environment environment = Threads.environment("node-1", null);

  @AfterEach
  void shutdown() {
    environment.shutdown().run();
  }

  @Test
  void givenTheRunningJvm_whenAnActionRuns_thenItsThreadIsVirtualWhereTheJvmHasThem()
      throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();

    environment.actions().execute(() -> thread.complete(Thread.currentThread()));

    Thread used = thread.get(60, SECONDS);
    assertThat(isVirtual(used)).isEqualTo(HAS_VIRTUAL_THREADS);
    assertThat(used.isDaemon()).isTrue();
    assertThat(used.getName()).isEqualTo(HAS_VIRTUAL_THREADS ? "" : "sagaflow-action-node-1-1");
  }

  /** Virtual threads have no bound; the pool has one, and lets the others wait. */
  @Test
  void givenManyBlockingActions_whenStarted_thenThePoolsBoundAloneLimitsThem() throws Exception {
    CountDownLatch full = new CountDownLatch(POOL);
    CountDownLatch overfull = new CountDownLatch(POOL + 1);
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i <= POOL; i++) {
      environment
          .actions()
          .execute(
              () -> {
                overfull.countDown();
                full.countDown();
                awaitQuietly(go);
              });
    }

    assertThat(full.await(60, SECONDS)).isTrue();
    if (HAS_VIRTUAL_THREADS) {
      assertThat(overfull.await(60, SECONDS)).isTrue();
      go.countDown();
    } else {
      assertThat(overfull.getCount()).isEqualTo(1);
      go.countDown();
      assertThat(overfull.await(60, SECONDS)).isTrue();
    }
  }

  @Test
  void givenUsersExecutor_whenTheEnvironmentIsShutDown_thenItWasUsedAndGoesOn() throws Exception {
    ExecutorService users =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "users-thread"));
    try {
      Environment with = Threads.environment("node-1", users);
      CompletableFuture<String> name = new CompletableFuture<>();
      with.actions().execute(() -> name.complete(Thread.currentThread().getName()));

      with.shutdown().run();

      assertThat(name.get(60, SECONDS)).isEqualTo("users-thread");
      assertThat(users.isShutdown()).isFalse();
      assertThat(users.submit(() -> "alive").get(60, SECONDS)).isEqualTo("alive");
    } finally {
      users.shutdownNow();
    }
  }

  @Test
  void givenScheduledTask_whenItsTimeHasCome_thenItRunsOnAnEngineThread() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();

    environment
        .scheduler()
        .schedule(Duration.ofMillis(1), () -> thread.complete(Thread.currentThread()));

    assertThat(thread.get(60, SECONDS).getName()).startsWith("sagaflow-engine-node-1-");
    assertThat(thread.join().isDaemon()).isTrue();
  }

  @Test
  void givenDelayBelowZero_whenScheduled_thenTheTaskRunsAtOnce() throws Exception {
    CompletableFuture<String> ran = new CompletableFuture<>();

    environment.scheduler().schedule(Duration.ofDays(-1), () -> ran.complete("ran"));

    assertThat(ran.get(60, SECONDS)).isEqualTo("ran");
  }

  @Test
  void givenShutDownEnvironment_whenAnActionIsGiven_thenItIsRefused() {
    environment.shutdown().run();

    assertThat(refuses(environment.actions())).isTrue();
  }

  private static boolean refuses(Executor executor) {
    try {
      executor.execute(() -> {});
      return false;
    } catch (RejectedExecutionException e) {
      return true;
    }
  }

  private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
    return HAS_VIRTUAL_THREADS && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
