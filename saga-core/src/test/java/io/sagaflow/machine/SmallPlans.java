package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import java.util.ArrayList;
import java.util.List;

/**
 * All well-formed plans of a number of steps: before the pivot, if there is one, each step with and
 * without a compensation, repeatable and at most once. Actions are tried twice.
 */
final class SmallPlans {

  private static final RetryPolicy TWICE = Plans.THRICE.maxAttempts(2);

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
          new PlannedStep(name, StepKind.RETRIABLE, false, false, TWICE, compensationRetry));
    }
    List<PlannedStep> steps = new ArrayList<>();
    for (boolean compensated : new boolean[] {true, false}) {
      for (boolean once : new boolean[] {false, true}) {
        RetryPolicy retry = once ? RetryPolicy.none() : TWICE;
        steps.add(
            new PlannedStep(
                name, StepKind.COMPENSATABLE, compensated, once, retry, compensationRetry));
      }
    }
    steps.add(new PlannedStep(name, StepKind.PIVOT, false, false, TWICE, compensationRetry));
    return steps;
  }
}
