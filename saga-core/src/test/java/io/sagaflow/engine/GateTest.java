package io.sagaflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.CallLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places are given back exactly once, whatever comes in between. */
class GateTest {

  private static final int CALLS = 2_000;

  private final Scheduler never = (delay, task) -> () -> {};

  private Gate gate(int places) {
    CallLimit limit = new CallLimit(OptionalInt.of(places), Optional.empty());
    return new Gate(limit, () -> 0, never);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void givenCallsThatEndAtAnyMoment_whenAllHave_thenAllPlacesAreFreeAndNeverWereMoreTaken(
      long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Gate> gates = List.of(gate(3), gate(2));
    List<Passage> under = new ArrayList<>();
    AtomicInteger inside = new AtomicInteger();
    List<Integer> through = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      int number = i;
      Passage passage =
          new Passage(
              gates,
              () -> {
                through.add(number);
                assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(2);
              });
      under.add(passage);
      passage.begin();
      while (under.size() > random.nextInt(1, 10)) {
        endOne(under, random, inside);
      }
    }
    while (!under.isEmpty()) {
      endOne(under, random, inside);
    }

    assertThat(through).isSorted(); // in the order in which they came
    assertAllPlacesAreFree(gates);
  }

  private static void endOne(List<Passage> under, SplittableRandom random, AtomicInteger inside) {
    Passage ended = under.remove(random.nextInt(under.size()));
    if (ended.isThrough()) {
      inside.decrementAndGet();
    }
    ended.end();
    ended.end();
  }

  private static void assertAllPlacesAreFree(List<Gate> gates) {
    AtomicInteger in = new AtomicInteger();
    for (int i = 0; i < 10; i++) {
      new Passage(gates, in::incrementAndGet).begin();
    }
    assertThat(in).hasValue(2);
  }

  /** A call may be withdrawn just when it is let in. */
  @Test
  void givenManyThreads_whenCallsAreLetInAndWithdrawnAtOnce_thenNoPlaceIsLost() throws Exception {
    List<Gate> gates = List.of(gate(3), gate(2));
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch ended = new CountDownLatch(2 * CALLS);
    for (int i = 0; i < CALLS; i++) {
      Passage[] passage = new Passage[1];
      passage[0] =
          new Passage(
              gates,
              () ->
                  threads.execute(
                      () -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        passage[0].end();
                        ended.countDown();
                      }));
      Passage withdrawn = new Passage(gates, () -> {});
      threads.execute(passage[0]::begin);
      threads.execute(withdrawn::begin);
      threads.execute(
          () -> {
            withdrawn.end();
            ended.countDown();
          });
    }

    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(most.get()).isBetween(1, 2);
    assertAllPlacesAreFree(gates);
  }
}
