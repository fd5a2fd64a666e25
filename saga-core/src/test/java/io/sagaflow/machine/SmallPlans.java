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

  /** Plans with parallel blocks. */
  static List<Plan> parallel() {
    PlannedStep a = twice(Plans.step("a"));
    PlannedStep b = twice(Plans.step("b"));
    PlannedStep c = twice(Plans.step("c"));
    PlannedStep once = Plans.atMostOnce("b");
    return List.of(
        Plans.graph(a, b),
        Plans.graph(a, once),
        Plans.graph(a, twice(Plans.withoutCompensation("b"))),
        Plans.graph(a, b, Plans.after(c, 0, 1)),
        Plans.graph(a, b, Plans.after(c, 1)),
        Plans.graph(a, Plans.after(b, 0), Plans.after(c, 0)),
        Plans.graph(a, b, Plans.after(twice(Plans.pivot("c")), 0, 1)),
        Plans.graph(
            twice(Plans.pivot("a")),
            Plans.after(twice(Plans.retriable("b")), 0),
            Plans.after(twice(Plans.retriable("c")), 0)));
  }

  /** Plans with conditions and probes. */
  static List<Plan> asking() {
    PlannedStep a = twice(Plans.step("a"));
    PlannedStep maybe = twice(Plans.conditional("b"));
    PlannedStep probed = twice(Plans.probed("b"));
    PlannedStep once = Plans.probed(Plans.atMostOnce("b"));
    PlannedStep pivot = twice(Plans.probed(Plans.pivot("b")));
    return List.of(
        Plans.plan(maybe),
        Plans.plan(a, maybe),
        Plans.plan(maybe, Plans.pivot("c")),
        Plans.graph(a, maybe),
        Plans.plan(Plans.pivot("a"), twice(Plans.conditional(Plans.retriable("b")))),
        Plans.plan(Plans.conditional(Plans.atMostOnce("a"))),
        Plans.plan(a, probed),
        Plans.graph(a, probed),
        Plans.plan(a, once),
        Plans.plan(a, pivot),
        Plans.plan(Plans.pivot("a"), twice(Plans.probed(Plans.retriable("b")))));
  }

  /** Tried twice, and compensated once or never. */
  private static PlannedStep twice(PlannedStep step) {
    return new PlannedStep(
        step.name(), step.kind(), step.traits(), step.after(), TWICE, TWICE, RetryPolicy.none());
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
