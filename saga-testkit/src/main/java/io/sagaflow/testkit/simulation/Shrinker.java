package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.simulation.Verdict.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing run as small as it gets: takes sagas away and then faults, as long as the same
 * oracle still finds something wrong, in this interleaving or another (delta debugging: Zeller and
 * Hildebrandt, TSE 2002).
 */
final class Shrinker {

  private static final int MOST_RUNS = 1_500;
  private static final int SCHEDULES = 3;
  private static final int ROUNDS = 4;

  private final String oracle;
  private Settings smallest;
  private int runs;

  private Shrinker(Settings failing, String oracle) {
    this.smallest = failing;
    this.oracle = oracle;
  }

  /**
   * Shrinks a failing run.
   *
   * @return a run that fails for the same reason, told line by line
   */
  static Run shrink(Run failing) {
    Violation violation = failing.violation();
    if (violation == null) {
      throw new IllegalArgumentException("Only a run that fails can be shrunk");
    }
    Shrinker shrinker = new Shrinker(failing.settings(), violation.oracle());
    shrinker.shrink();
    return Simulation.run(shrinker.smallest.withTimeline());
  }

  private void shrink() {
    int size = Integer.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      Run run = Simulation.run(smallest.withTimeline());
      if (run.lines().size() >= size) {
        return;
      }
      size = run.lines().size();
      withoutSagas(run.planned());
      withoutFaults(Simulation.run(smallest.withTimeline()).faults().ids());
    }
  }

  private void withoutSagas(int planned) {
    Set<Integer> gone = smallest.withoutSagas();
    List<Integer> left =
        IntStream.range(0, planned).filter(saga -> !gone.contains(saga)).boxed().toList();
    reduce(
        left,
        kept -> {
          Set<Integer> without = new HashSet<>(gone);
          left.stream().filter(saga -> !kept.contains(saga)).forEach(without::add);
          return stillFails(smallest.withoutSagas(without));
        });
  }

  private void withoutFaults(Set<Long> struck) {
    Set<Long> gone = smallest.withoutFaults();
    List<Long> left = List.copyOf(struck);
    reduce(
        left,
        kept -> {
          Set<Long> without = new HashSet<>(gone);
          left.stream().filter(fault -> !kept.contains(fault)).forEach(without::add);
          return stillFails(smallest.withoutFaults(without));
        });
  }

  private boolean stillFails(Settings candidate) {
    for (int schedule = 0; schedule < SCHEDULES && runs < MOST_RUNS; schedule++) {
      runs++;
      Settings tried = candidate.withSchedule(smallest.schedule() + schedule);
      if (fails(Simulation.run(tried).violation())) {
        smallest = tried;
        return true;
      }
    }
    return false;
  }

  private boolean fails(@Nullable Violation violation) {
    return violation != null && violation.oracle().equals(oracle);
  }

  /** Leaves out ever smaller pieces of a list for as long as the rest is enough. */
  static <T> List<T> reduce(List<T> items, Predicate<List<T>> isEnough) {
    List<T> kept = items;
    int pieces = 2;
    while (!kept.isEmpty() && pieces <= 2 * kept.size()) {
      int size = Math.max(1, (kept.size() + pieces - 1) / pieces);
      List<T> smaller = withoutOnePiece(kept, size, isEnough);
      if (smaller == null) {
        if (size == 1) {
          return kept;
        }
        pieces *= 2;
      } else {
        kept = smaller;
        pieces = Math.max(2, pieces - 1);
      }
    }
    return kept;
  }

  private static <T> @Nullable List<T> withoutOnePiece(
      List<T> items, int size, Predicate<List<T>> isEnough) {
    for (int from = 0; from < items.size(); from += size) {
      List<T> rest = new ArrayList<>(items.subList(0, from));
      rest.addAll(items.subList(Math.min(from + size, items.size()), items.size()));
      if (isEnough.test(rest)) {
        return rest;
      }
    }
    return null;
  }
}
