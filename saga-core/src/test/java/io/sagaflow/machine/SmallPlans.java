package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All well-formed plans of a number of steps: before the pivot, if there is one, each step with and
 * without a compensation, repeatable and at most once. Actions are tried twice.
 */
final class SmallPlans {

  private static final RetryPolicy TWICE = Plans.THRICE.maxAttempts(2);

  private static final List<Set<Trait>> TRAITS =
      List.of(
          Set.of(Trait.COMPENSATED),
          Set.of(Trait.COMPENSATED, Trait.AT_MOST_ONCE),
          Set.of(),
          Set.of(Trait.AT_MOST_ONCE));

  private SmallPlans() {}

  static List<Plan> ofSteps(int steps, RetryPolicy compensationRetry) {
    List<List<PlannedStep>> plans = List.of(List.of());
    for (int i = 0; i < steps; i++) {
      plans = plans.stream().flatMap(plan -> longer(plan, compensationRetry).stream()).toList();
    }
    return plans.stream().map(plan -> Plans.plan(plan.toArray(PlannedStep[]::new))).toList();
  }

  /** A plan with each step that may follow. */
  private static List<List<PlannedStep>> longer(
      List<PlannedStep> plan, RetryPolicy compensationRetry) {
    List<List<PlannedStep>> longer = new ArrayList<>();
    for (PlannedStep next : following(plan, compensationRetry)) {
      List<PlannedStep> steps = new ArrayList<>(plan);
      steps.add(next);
      longer.add(steps);
    }
    return longer;
  }

  private static List<PlannedStep> following(
      List<PlannedStep> plan, RetryPolicy compensationRetry) {
    String name = Character.toString('a' + plan.size());
    boolean compensatable =
        plan.isEmpty() || plan.get(plan.size() - 1).kind() == StepKind.COMPENSATABLE;
    if (!compensatable) {
      return List.of(
          new PlannedStep(name, StepKind.RETRIABLE, Set.of(), List.of(), TWICE, compensationRetry));
    }
    List<PlannedStep> steps = new ArrayList<>();
    for (Set<Trait> traits : TRAITS) {
      RetryPolicy retry = traits.contains(Trait.AT_MOST_ONCE) ? RetryPolicy.none() : TWICE;
      steps.add(
          new PlannedStep(
              name, StepKind.COMPENSATABLE, traits, List.of(), retry, compensationRetry));
    }
    steps.add(new PlannedStep(name, StepKind.PIVOT, Set.of(), List.of(), TWICE, compensationRetry));
    return steps;
  }
}
