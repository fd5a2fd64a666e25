package io.sagaflow.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three threads, of which one may be spared for a call. */
class EngineThreadTest {

  private final Semaphore spares = new Semaphore(1);
  private final ExecutorService others = Executors.newSingleThreadExecutor();
  private final ExecutorService pool =
      Executors.newFixedThreadPool(3, task -> new EngineThread(task, "mover", spares, others));
  private final Serial mailbox = mailbox();

  @AfterEach
  void stop() {
    pool.shutdownNow();
    others.shutdownNow();
  }

  @Test
  void givenAThreadThatMovesASaga_whenTheSagaComesToACall_thenItMakesTheCall() throws Exception {
    CompletableFuture<Thread> moved = new CompletableFuture<>();
    CompletableFuture<Thread> called = new CompletableFuture<>();

    mailbox.execute(
        () -> {
          moved.complete(Thread.currentThread());
          assertThat(EngineThread.offer(() -> called.complete(Thread.currentThread()))).isTrue();
        });

    assertThat(called.get(60, SECONDS)).isSameAs(moved.get(60, SECONDS));
  }

  /** A cancellation has to reach the saga while its call blocks. */
  @Test
  void givenACallThatBlocks_whenItsSagaIsToldSomething_thenItsMailboxIsFree() throws Exception {
    CountDownLatch blocks = new CountDownLatch(1);
    begin(() -> await(blocks));
    CompletableFuture<String> told = new CompletableFuture<>();

    mailbox.execute(() -> told.complete("cancelled"));

    assertThat(told.get(60, SECONDS)).isEqualTo("cancelled");
    blocks.countDown();
  }

  @Test
  void givenNoThreadToSpare_whenAnotherSagaComesToACall_thenTheThreadDoesNotTakeIt()
      throws Exception {
    CountDownLatch blocks = new CountDownLatch(1);
    begin(() -> await(blocks));

    assertThat(offersInAnotherSaga()).isFalse();

    blocks.countDown();
    spares.acquire(); // given back when the call had ended
    spares.release();
    assertThat(offersInAnotherSaga()).isTrue();
  }

  /** What it has to move may lead a lane for many batches, while the database is slow. */
  @Test
  void givenACallThatWasTaken_whenItsSagaHasMoreToMove_thenTheCallDoesNotWaitForThat()
      throws Exception {
    CountDownLatch moves = new CountDownLatch(1);
    CompletableFuture<Thread> moved = new CompletableFuture<>();
    CompletableFuture<Thread> called = new CompletableFuture<>();
    mailbox.execute(
        () -> {
          moved.complete(Thread.currentThread());
          EngineThread.offer(() -> called.complete(Thread.currentThread()));
          mailbox.execute(() -> await(moves));
        });

    assertThat(called.get(60, SECONDS)).isNotSameAs(moved.get(60, SECONDS));
    assertThat(spares.tryAcquire()).isTrue();
    spares.release();
    moves.countDown();
  }

  /** Who finds no thread does the work, and may be at something that mustn't wait for user code. */
  @Test
  void givenAnExecutorThatRefuses_whenTheCallerMovesTheSaga_thenItMakesNoCall() throws Exception {
    CompletableFuture<Boolean> taken = new CompletableFuture<>();
    Serial refused =
        new Serial(
            task -> {
              throw new IllegalStateException("no thread is left");
            },
            failure -> {});

    pool.execute(() -> refused.execute(() -> taken.complete(EngineThread.offer(() -> {}))));

    assertThat(taken.get(60, SECONDS)).isFalse();
  }

  /** What it comes to next is the same thread's, and doesn't lie upon the call that has ended. */
  @Test
  void givenACallThatHasEnded_whenItsSagaComesToTheNext_thenTheThreadGoesOnWithIt()
      throws Exception {
    CompletableFuture<Integer> depth = new CompletableFuture<>();

    mailbox.execute(() -> callAgain(1_000, depth));

    assertThat(depth.get(60, SECONDS)).isLessThan(100);
  }

  private void callAgain(int times, CompletableFuture<Integer> depth) {
    if (times == 0) {
      depth.complete(Thread.currentThread().getStackTrace().length);
    } else if (!EngineThread.offer(() -> mailbox.executeHere(() -> callAgain(times - 1, depth)))) {
      depth.completeExceptionally(new AssertionError("not taken"));
    }
  }

  @Test
  void givenTwoCallsOfASaga_whenBothAreOffered_thenTheThreadTakesOne() throws Exception {
    CompletableFuture<Boolean> second = new CompletableFuture<>();

    mailbox.execute(
        () -> {
          EngineThread.offer(() -> {});
          second.complete(EngineThread.offer(() -> {}));
        });

    assertThat(second.get(60, SECONDS)).isFalse();
  }

  @Test
  void givenACallThatThrows_whenItHasEnded_thenTheThreadMayBeSparedAgain() throws Exception {
    begin(
        () -> {
          throw new IllegalStateException("thrown by a call");
        });
    spares.acquire();
    spares.release();

    assertThat(offersInAnotherSaga()).isTrue();
  }

  @Test
  void givenAThreadThatMovesNothing_whenItIsOfferedACall_thenItDoesNotTakeIt() throws Exception {
    assertThat(EngineThread.offer(() -> {})).isFalse();
    assertThat(pool.submit(() -> EngineThread.offer(() -> {})).get(60, SECONDS)).isFalse();
  }

  /** Returns when the saga's call has begun. */
  private void begin(Runnable call) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    mailbox.execute(
        () ->
            EngineThread.offer(
                () -> {
                  begun.countDown();
                  call.run();
                }));
    assertThat(begun.await(60, SECONDS)).isTrue();
  }

  private boolean offersInAnotherSaga() throws Exception {
    CompletableFuture<Boolean> taken = new CompletableFuture<>();
    mailbox().execute(() -> taken.complete(EngineThread.offer(() -> {})));
    return taken.get(60, SECONDS);
  }

  private Serial mailbox() {
    return new Serial(pool, failure -> {});
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
