package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact.SagaStuck;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Plays everything that may happen to a saga of one plan, in any order and to any depth.
 *
 * <p>Sagas that differ only in how they came where they are have the same future, so each situation
 * is played on from once: breadth first, which makes a counterexample a shortest one. Plans must
 * bound their attempts, and not by time, or there would be situations without end.
 */
final class Explorer {

  private static final int MAX_SITUATIONS = 50_000;

  /** What operators do is explored in plans of so many steps; in longer ones chance has to do. */
  private static final int MOST_OPERATED = 2;

  private final Coverage coverage;
  private final Map<Situation, Place> places = new HashMap<>();
  private final Queue<Place> frontier = new ArrayDeque<>();

  Explorer(Coverage coverage) {
    this.coverage = coverage;
  }

  /** Explores a plan and returns how many situations there are. */
  int explore(Plan plan, Optional<Duration> deadline) {
    meet(new SimulatedSaga(plan, deadline, coverage));
    while (!frontier.isEmpty()) {
      Place place = frontier.remove();
      Set<Move> moves = place.saga.possible();
      moves.remove(Move.of(Event.RESTART)); // leads nowhere, or the replay was wrong
      if (plan.steps().size() > MOST_OPERATED) {
        moves.removeIf(move -> Event.OF_AN_OPERATOR.contains(move.event()));
      }
      for (Move move : moves) {
        SimulatedSaga next = place.saga.copy();
        telling(next, () -> next.play(move, 0));
        place.next.put(move, meet(next));
      }
    }
    places.values().forEach(place -> checkEnds(place, Invariants.eventsToEnd(plan)));
    return places.size();
  }

  private Place meet(SimulatedSaga saga) {
    return places.computeIfAbsent(Situation.of(saga), situation -> settle(saga));
  }

  private Place settle(SimulatedSaga saga) {
    telling(saga, () -> Invariants.checkReplay(saga));
    Place place = new Place(saga, new HashMap<>());
    if (saga.hasEnded()) {
      telling(saga, () -> Invariants.checkEndsOnce(saga));
    }
    if (!saga.possible().isEmpty()) {
      frontier.add(place);
    }
    if (places.size() > MAX_SITUATIONS) {
      throw new AssertionError("There is no end of situations.\n" + Timeline.of(saga));
    }
    return place;
  }

  /** After the last fault, wherever that leaves a saga, it ends. */
  private static void checkEnds(Place place, int limit) {
    Place last = place;
    for (int i = 0; i < limit && !last.saga.hasEnded(); i++) {
      last = last.next.get(last.saga.benign());
    }
    SimulatedSaga saga = last.saga;
    telling(place.saga, () -> Invariants.checkEnded(saga));
  }

  private static void telling(SimulatedSaga saga, Runnable play) {
    try {
      play.run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(e + "\n" + Timeline.of(saga), e);
    }
  }

  /** A situation's first saga, and where each event leads from there. */
  private record Place(SimulatedSaga saga, Map<Move, Place> next) {}

  /** All that the future of a saga depends on; times count from now. */
  private record Situation(
      SagaStatus status,
      Optional<SagaStatus> stuckFrom,
      List<Standing> steps,
      Duration untilDeadline,
      List<World.Trace> world,
      Set<Call> running,
      List<SagaStuck> held) {

    static Situation of(SimulatedSaga saga) {
      SagaState state = saga.state();
      return new Situation(
          state.status(),
          state.stuckFrom(),
          IntStream.range(0, state.steps().size())
              .mapToObj(
                  index -> Standing.of(saga.plan().step(index), state.step(index), saga.now()))
              .toList(),
          until(state.deadline(), saga.now()),
          saga.world().traces(),
          Set.copyOf(saga.running().values()),
          List.copyOf(saga.held()));
    }

    private static Duration until(Optional<Instant> time, Instant now) {
      return time.filter(now::isBefore)
          .map(later -> Duration.between(now, later))
          .orElse(Duration.ZERO);
    }

    /** A step's part. */
    private record Standing(
        StepStatus status,
        boolean open,
        int attempts,
        Duration untilRetry,
        Duration untilPauseEnds,
        boolean signalled) {

      static Standing of(PlannedStep planned, StepState step, Instant now) {
        return new Standing(
            step.status(),
            step.open(),
            step.attempts(),
            until(step.retryAt(), now),
            until(Pauses.until(planned, step), now),
            step.waiting().signal().isPresent());
      }
    }
  }
}
