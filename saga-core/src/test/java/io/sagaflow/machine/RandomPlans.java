package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import io.sagaflow.store.DefinitionRef;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

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
    List<PlannedStep> steps = IntStream.range(0, size).mapToObj(i -> step(i, pivot)).toList();
    int recordLimit = oneIn(8) ? SHORT_JOURNAL : Plans.RECORD_LIMIT;
    return new Plan(new DefinitionRef("generated", 1), steps, recordLimit);
  }

  private PlannedStep step(int index, int pivot) {
    String name = "step-" + index;
    List<Integer> after = PlannedStep.inSequence(index);
    if (index >= pivot) {
      StepKind kind = index == pivot ? StepKind.PIVOT : StepKind.RETRIABLE;
      return new PlannedStep(name, kind, Set.of(), after, policy(), RetryPolicy.persistent());
    }
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    if (!oneIn(4)) {
      traits.add(Trait.COMPENSATED);
    }
    if (oneIn(4)) {
      traits.add(Trait.AT_MOST_ONCE);
    }
    RetryPolicy retry = traits.contains(Trait.AT_MOST_ONCE) ? RetryPolicy.none() : policy();
    return new PlannedStep(name, StepKind.COMPENSATABLE, traits, after, retry, policy());
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
