package io.sagaflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real environment: real threads and clocks, so each wait here has a deadline. */
class TimersAndWaitsTest {

  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final Environment environment = Threads.environment("node-1", null);

  @AfterEach
  void shutDown() {
    environment.shutdown().run();
  }

  private void await(CompletableFuture<?> future) throws Exception {
    environment.waiting().until(future, Duration.ofSeconds(30));
  }

  @Test
  void givenCancelledTask_whenItWouldBeDue_thenItDoesNotRun() throws Exception {
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    CompletableFuture<Void> later = new CompletableFuture<>();
    environment
        .scheduler()
        .schedule(Duration.ofMillis(20), () -> cancelled.complete(null))
        .cancel();

    environment.scheduler().schedule(Duration.ofMillis(21), () -> later.complete(null));
    await(later);

    assertThat(cancelled).isNotDone();
  }

  @Test
  void givenDelayBeyondTheRangeOfNanos_whenScheduled_thenAccepted() {
    assertThatCode(() -> environment.scheduler().schedule(FOREVER, () -> {}).cancel())
        .doesNotThrowAnyException();
  }

  @Test
  void givenWaitBeyondTheRangeOfNanos_whenTheFutureIsDone_thenItReturns() {
    assertThatCode(() -> environment.waiting().until(CompletableFuture.completedFuture(1), FOREVER))
        .doesNotThrowAnyException();
  }

  @Test
  void givenFutureThatFails_whenWaitedFor_thenTheWaitIsOverAndThrowsNothing() {
    CompletableFuture<Void> failed =
        CompletableFuture.failedFuture(new IllegalStateException("no"));
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    cancelled.cancel(false);

    assertThatCode(() -> await(failed)).doesNotThrowAnyException();
    assertThatCode(() -> await(cancelled)).doesNotThrowAnyException();
  }

  @Test
  void givenFutureThatNobodyCompletes_whenWaitedFor_thenTimeout() {
    CompletableFuture<Void> never = new CompletableFuture<>();

    assertThatThrownBy(() -> environment.waiting().until(never, Duration.ofMillis(1)))
        .isInstanceOf(TimeoutException.class);
    assertThat(never.getNumberOfDependents()).isZero();
  }

  @Test
  void givenShutdown_whenSomethingStillComes_thenItIsDroppedInSilence() {
    environment.shutdown().run();

    assertThatCode(() -> environment.engine().execute(() -> {})).doesNotThrowAnyException();
    assertThatCode(() -> environment.scheduler().schedule(Duration.ofMillis(1), () -> {}))
        .doesNotThrowAnyException();
  }
}
