package io.sagaflow.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerialTest {

  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final List<Throwable> failures = new ArrayList<>();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void givenManyCallers_whenTheyGiveTasks_thenOneRunsAtATimeAndEachCallersInOrder()
      throws Exception {
    Serial serial = new Serial(threads, failures::add);
    AtomicInteger running = new AtomicInteger();
    List<Integer> overlaps = new ArrayList<>(); // guarded by the mailbox itself
    List<List<Integer>> seen = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    CountDownLatch done = new CountDownLatch(3 * 1_000);
    for (int caller = 0; caller < 3; caller++) {
      List<Integer> mine = seen.get(caller);
      new Thread(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  int number = i;
                  serial.execute(
                      () -> {
                        overlaps.add(running.incrementAndGet());
                        mine.add(number);
                        running.decrementAndGet();
                        done.countDown();
                      });
                }
              })
          .start();
    }

    assertThat(done.await(60, SECONDS)).isTrue();
    assertThat(overlaps).hasSize(3_000).containsOnly(1);
    assertThat(seen).allSatisfy(mine -> assertThat(mine).isSorted().hasSize(1_000));
  }

  @Test
  void givenTaskThatGivesATask_whenItRuns_thenTheOtherFollowsIt() {
    Serial serial = new Serial(Runnable::run, failures::add);
    List<String> order = new ArrayList<>();

    serial.execute(
        () -> {
          serial.execute(() -> order.add("second"));
          order.add("first");
        });

    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void givenTasksThatThrow_whenRun_thenTheFailuresAreToldAndTheOthersRun() {
    List<Runnable> held = new ArrayList<>();
    Serial serial = new Serial(held::add, failures::add);
    List<String> ran = new ArrayList<>();
    IllegalStateException bug = new IllegalStateException("bug");
    StackOverflowError error = new StackOverflowError();
    serial.execute(() -> ran.add("before"));
    serial.execute(
        () -> {
          throw bug;
        });
    serial.execute(
        () -> {
          throw error;
        });
    serial.execute(() -> ran.add("behind"));

    held.remove(0).run();
    serial.execute(() -> ran.add("later"));
    held.remove(0).run();

    assertThat(ran).containsExactly("before", "behind", "later");
    assertThat(failures).containsExactly(bug, error);
  }

  @Test
  void givenFailureThatCantBeHandled_whenATaskThrows_thenTheOthersRunNevertheless() {
    List<String> ran = new ArrayList<>();
    Serial serial =
        new Serial(
            Runnable::run,
            failure -> {
              throw new IllegalStateException("the handler, too");
            });

    serial.execute(
        () -> {
          throw new IllegalStateException("bug");
        });
    serial.execute(() -> ran.add("later"));

    assertThat(ran).containsExactly("later");
  }

  @Test
  void givenExecutorThatRefuses_whenTasksCome_thenTheCallerRunsThem() {
    Serial serial =
        new Serial(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            failures::add);
    List<String> ran = new ArrayList<>();

    serial.execute(() -> ran.add("first"));
    serial.execute(() -> ran.add("second"));

    assertThat(ran).containsExactly("first", "second");
    assertThat(failures).isEmpty();
  }
}
