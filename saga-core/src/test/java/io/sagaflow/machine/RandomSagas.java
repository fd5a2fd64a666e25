package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** Plays sagas by chance: the same seed, the same saga. */
final class RandomSagas {

  private static final int MAX_FAULTY_EVENTS = 60;

  private final Coverage coverage;

  RandomSagas(Coverage coverage) {
    this.coverage = coverage;
  }

  /** Plays one saga to its end; a failure tells the seed and the whole saga. */
  SimulatedSaga play(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Plan plan = new RandomPlans(random).next();
    Optional<Duration> deadline =
        random.nextBoolean()
            ? Optional.of(Duration.ofMillis(random.nextInt(1, 3_000)))
            : Optional.empty();
    SimulatedSaga saga = new SimulatedSaga(plan, deadline, coverage);
    try {
      play(saga, random);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("Seed " + seed + ": " + e + "\n" + Timeline.of(saga), e);
    }
    return saga;
  }

  /** Faults for a while, then none. */
  private static void play(SimulatedSaga saga, SplittableRandom random) {
    int percentOfFaults = List.of(3, 15, 40, 80).get(random.nextInt(4));
    int limit = MAX_FAULTY_EVENTS + Invariants.eventsToEnd(saga.plan());
    for (int i = 0; i < limit && !saga.hasEnded(); i++) {
      boolean forced = isForceable(saga) && random.nextInt(2) == 0;
      boolean fault = i < MAX_FAULTY_EVENTS && (forced || random.nextInt(100) < percentOfFaults);
      saga.play(fault ? any(saga.possible(), random) : saga.benign(), random.nextDouble());
      Invariants.checkReplay(saga);
      if (random.nextInt(4) == 0) {
        saga.pass(Duration.ofMillis(random.nextInt(200)));
      }
    }
    Invariants.checkEnded(saga);
    Invariants.checkEndsOnce(saga);
    if (random.nextInt(4) == 0) {
      reverse(saga, random);
    }
  }

  /** As if the saga were a child whose parent turns back. */
  private static void reverse(SimulatedSaga saga, SplittableRandom random) {
    if (saga.possible().isEmpty()) {
      return;
    }
    saga.play(any(saga.possible(), random), random.nextDouble());
    int limit = Invariants.eventsToEnd(saga.plan());
    for (int i = 0; i < limit && !saga.hasEnded(); i++) {
      saga.play(saga.benign(), random.nextDouble());
      Invariants.checkReplay(saga);
    }
    Invariants.checkEnded(saga);
  }

  private static boolean isForceable(SimulatedSaga saga) {
    return saga.state().stuckFrom().filter(from -> from == SagaStatus.COMPENSATING).isPresent();
  }

  /** An operator's last resort is taken more often than chance would have it. */
  private static Move any(Set<Move> possible, SplittableRandom random) {
    Move forced = Move.of(Event.FORCE_FORWARD);
    if (possible.contains(forced) && random.nextInt(3) == 0) {
      return forced;
    }
    return List.copyOf(possible).get(random.nextInt(possible.size()));
  }
}
