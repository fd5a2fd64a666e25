package io.sagaflow.testkit.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns, waits and ends of what is done in virtual time. */
@Timeout(60) // a turn that is lost would never come back
class EventLoopTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

  private final EventLoop loop = new EventLoop(choices -> 0);
  private final SimulatedProcess process = loop.newProcess();
  private final List<String> told = new ArrayList<>();
  private boolean open;

  @AfterEach
  void close() {
    loop.close();
  }

  private void await(BooleanSupplier condition) {
    try {
      told.add(loop.await(condition, HOUR) ? "done" : "too late");
    } catch (InterruptedException e) {
      told.add("interrupted");
    }
  }

  private void awaitAndTell() {
    try {
      await(() -> open);
      told.add("goes on");
    } finally {
      told.add("finally");
    }
  }

  @Test
  void givenTaskThatWaits_whenOthersAreToBeDone_thenTheyAreDoneMeanwhile() {
    loop.execute(process, () -> await(() -> open));
    loop.execute(process, () -> told.add("other"));
    loop.execute(
        process,
        () -> {
          open = true;
        });

    loop.advance(SECOND);

    assertThat(told).containsExactly("other", "done");
  }

  @Test
  void givenWaitForNothing_whenItsTimeIsOver_thenItEndsAtThatTime() {
    loop.execute(process, () -> await(() -> false));

    loop.runUntil(() -> !told.isEmpty(), loop.now().plus(HOUR));

    assertThat(told).containsExactly("too late");
    assertThat(loop.nanos()).isEqualTo(HOUR.toNanos());
  }

  @Test
  void givenTaskThatWaits_whenItsThreadIsInterrupted_thenTheWaitEndsWithAnInterrupt() {
    List<Thread> waiting = new ArrayList<>();
    loop.execute(
        process,
        () -> {
          waiting.add(Thread.currentThread());
          await(() -> false);
        });
    loop.schedule(process, SECOND, () -> waiting.get(0).interrupt());

    loop.advance(SECOND);

    assertThat(told).containsExactly("interrupted");
  }

  @Test
  void givenTaskThatWaits_whenItsProcessIsKilled_thenItUnwindsAndDoesNothingMore() {
    loop.execute(process, this::awaitAndTell);
    loop.advance(SECOND);

    process.kill();
    open = true;
    loop.advance(HOUR);

    assertThat(told).containsExactly("finally");
  }

  @Test
  void givenTask_whenItKillsItsOwnProcess_thenItEndsThereAndTheWorldGoesOn() {
    loop.execute(
        process,
        () -> {
          try {
            process.kill();
            told.add("goes on");
          } finally {
            told.add("finally");
          }
        });
    loop.execute(process, () -> told.add("of the dead"));
    loop.execute(null, () -> told.add("other"));

    loop.advance(SECOND);

    assertThat(told).containsExactly("finally", "other");
  }

  @Test
  void givenTasksOfAProcessThatWait_whenAnotherTaskKillsIt_thenTheyUnwindBeforeThatGoesOn() {
    loop.execute(process, this::awaitAndTell);
    loop.execute(process, this::awaitAndTell);
    loop.schedule(
        null,
        SECOND,
        () -> {
          process.kill();
          told.add("killed");
        });

    loop.advance(SECOND);

    assertThat(told).containsExactly("finally", "finally", "killed");
  }

  @Test
  void givenTaskThatWaits_whenItsProcessIsPaused_thenItGoesOnOnlyWhenThatIsResumed() {
    loop.execute(process, this::awaitAndTell);
    loop.advance(SECOND);
    process.pause();
    open = true;
    loop.advance(HOUR.multipliedBy(2));
    List<String> whilePaused = List.copyOf(told);

    process.resume();
    loop.advance(SECOND);

    assertThat(whilePaused).isEmpty();
    assertThat(told).containsExactly("done", "goes on", "finally");
  }

  @Test
  void givenTaskThatFails_whenTheTestLetsTimePass_thenTheTestIsToldAndMayGoOn() {
    loop.execute(
        process,
        () -> {
          throw new UnsupportedOperationException("planted");
        });
    loop.execute(process, () -> told.add("next"));

    assertThatThrownBy(() -> loop.advance(SECOND)).hasMessage("planted");
    loop.advance(SECOND);

    assertThat(told).containsExactly("next");
  }

  @Test
  void givenWaitThatOutlivesAVisit_whenTheTestVisitsAgain_thenItGoesOnThen() {
    loop.execute(process, () -> await(() -> open));
    loop.advance(SECOND);
    List<String> first = List.copyOf(told);

    open = true;
    loop.advance(SECOND);

    assertThat(first).isEmpty();
    assertThat(told).containsExactly("done");
    assertThat(loop.nanos()).isEqualTo(SECOND.multipliedBy(2).toNanos());
  }

  @Test
  void givenTask_whenItLetsTimePass_thenItIsRefusedAndToldWhoMay() {
    loop.execute(process, () -> loop.advance(SECOND));

    assertThatThrownBy(() -> loop.advance(SECOND))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Only the test lets time pass");
  }

  @Test
  void givenWaitsThatAreOver_whenTheVisitEnds_thenNoThreadIsKept() {
    Set<Thread> threads = waitInManyThreads();

    open = true;
    loop.advance(SECOND);

    assertThat(told).hasSize(5);
    assertThat(threads).hasSize(5).allSatisfy(EventLoopTest::awaitGivenBack);
  }

  @Test
  void givenWaits_whenTheWorldEnds_thenTheyUnwindAndNoThreadIsKept() {
    Set<Thread> threads = waitInManyThreads();

    loop.close();

    assertThat(told).isEmpty();
    assertThat(threads).hasSize(5).allSatisfy(EventLoopTest::awaitGivenBack);
  }

  private Set<Thread> waitInManyThreads() {
    Set<Thread> threads = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      loop.execute(
          process,
          () -> {
            threads.add(Thread.currentThread());
            await(() -> open);
          });
    }
    loop.advance(SECOND);
    return threads;
  }

  /** A thread passes its last turn on before it leaves. */
  private static void awaitGivenBack(Thread thread) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (thread.isAlive() && isOfALoop(thread)) {
      assertThat(System.nanoTime()).as("the deadline of %s", thread).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static boolean isOfALoop(Thread thread) {
    return LockSupport.getBlocker(thread) instanceof Waiter
        || List.of(thread.getStackTrace()).stream()
            .anyMatch(frame -> frame.getClassName().equals(EventLoop.class.getName()));
  }
}
