package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import io.sagaflow.store.DefinitionRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Makes well-formed plans by chance: such as a definition's {@code build()} lets pass. */
final class RandomPlans {

  private static final int MAX_STEPS = 8;
  private static final int SHORT_JOURNAL = 12;

  private final SplittableRandom random;

  RandomPlans(SplittableRandom random) {
    this.random = random;
  }

  Plan next() {
    int size = random.nextInt(1, MAX_STEPS + 1);
    int pivot = random.nextInt(size + 1); // the size stands for none
    List<PlannedStep> steps = new ArrayList<>();
    List<Integer> ends = List.of();
    while (steps.size() < size) {
      int index = steps.size();
      int room = (index < pivot ? pivot : size) - index;
      if (index != pivot && room > 1 && oneIn(3)) {
        ends = block(steps, pivot, ends, room);
      } else {
        steps.add(step(index, pivot, ends));
        ends = List.of(index);
      }
    }
    int recordLimit = oneIn(8) ? SHORT_JOURNAL : Plans.RECORD_LIMIT;
    return new Plan(new DefinitionRef("generated", 1), steps, recordLimit);
  }

  /** Adds a block of at most so many steps, with a block in a branch now and then. */
  private List<Integer> block(
      List<PlannedStep> steps, int pivot, List<Integer> begin, int mostSteps) {
    int limit = steps.size() + mostSteps;
    List<Integer> joined = new ArrayList<>();
    for (int branch = 0; branch < 3 && steps.size() < limit; branch++) {
      List<Integer> ends = begin;
      do {
        int room = limit - steps.size();
        if (room > 2 && oneIn(5)) {
          ends = block(steps, pivot, ends, room - 1);
        } else {
          steps.add(step(steps.size(), pivot, ends));
          ends = List.of(steps.size() - 1);
        }
      } while (steps.size() < limit && oneIn(3));
      joined.addAll(ends);
    }
    return joined;
  }

  private PlannedStep step(int index, int pivot, List<Integer> after) {
    if (index != pivot && oneIn(6)) {
      return pause(index, index < pivot, after);
    }
    String name = "step-" + index;
    StepKind kind =
        index < pivot
            ? StepKind.COMPENSATABLE
            : index == pivot ? StepKind.PIVOT : StepKind.RETRIABLE;
    Set<Trait> traits = traits(kind);
    boolean once = traits.contains(Trait.AT_MOST_ONCE);
    RetryPolicy retry = once ? RetryPolicy.none() : policy();
    RetryPolicy compensationRetry =
        kind == StepKind.COMPENSATABLE ? policy() : RetryPolicy.persistent();
    return new PlannedStep(name, kind, traits, after, retry, policy(), compensationRetry);
  }

  /** Such as {@code build()} lets pass. */
  private Set<Trait> traits(StepKind kind) {
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    addNowAndThen(traits, Trait.PROBED);
    if (kind != StepKind.PIVOT) {
      addNowAndThen(traits, Trait.CONDITIONAL);
    }
    if (kind == StepKind.COMPENSATABLE
        || (kind == StepKind.PIVOT && traits.contains(Trait.PROBED))) {
      addNowAndThen(traits, Trait.AT_MOST_ONCE);
    }
    if (kind == StepKind.COMPENSATABLE && !oneIn(4)) {
      traits.add(Trait.COMPENSATED);
    }
    return traits;
  }

  private void addNowAndThen(Set<Trait> traits, Trait trait) {
    if (oneIn(4)) {
      traits.add(trait);
    }
  }

  /** Only before the pivot a signal may have a timeout. */
  private PlannedStep pause(int index, boolean compensatable, List<Integer> after) {
    String name = "step-" + index;
    Duration time = Duration.ofMillis(random.nextInt(1, 2_000));
    PlannedStep step =
        switch (random.nextInt(3)) {
          case 0 -> Plans.sleep(name, time);
          case 1 -> compensatable ? Plans.signal(name, time) : Plans.signal(name);
          default -> Plans.signal(name);
        };
    PlannedStep placed = Plans.after(step, after);
    return compensatable ? placed : Plans.retriable(placed);
  }

  private RetryPolicy policy() {
    Duration delay = Duration.ofMillis(random.nextInt(1, 500));
    return switch (random.nextInt(6)) {
      case 0 -> RetryPolicy.none();
      case 1 -> RetryPolicy.fixed(delay).maxAttempts(2);
      case 2 -> RetryPolicy.brief();
      case 3 -> RetryPolicy.exponential(delay, delay.multipliedBy(3)).jitter(1);
      case 4 -> RetryPolicy.fixed(delay).maxElapsed(delay.multipliedBy(2));
      default -> RetryPolicy.forever();
    };
  }

  private boolean oneIn(int bound) {
    return random.nextInt(bound) == 0;
  }
}
