package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepKind;
import io.sagaflow.testkit.simulation.Blueprints.About;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Generates child sagas in place of some steps, with children of their own now and then. */
final class Children {

  private static final int MOST_STEPS = 3;
  private static final int MOST_DEPTH = 2;

  private final Dice dice;
  private final StepPlans stepPlans;
  private final Definer definer;

  Children(Dice dice, StepPlans stepPlans, Definer definer) {
    this.dice = dice;
    this.stepPlans = stepPlans;
    this.definer = definer;
  }

  /** The step, or one that runs a child instead. */
  StepPlan in(int number, StepPlan step) {
    return stepPlans.has(About.HAS_CHILDREN, number, 0.15)
        ? in("c" + number, number, step, 1)
        : step;
  }

  /** The number of a definition tells its dice apart; that of a child is none of a parent's. */
  private StepPlan in(String family, int number, StepPlan step, int depth) {
    boolean child =
        step.kind() == StepKind.COMPENSATABLE
            && step.isCall()
            && dice.unit(About.CHILD, Dice.occasion(number, step.index(), 0, 0)) < 0.35 / depth;
    if (!child) {
      return step;
    }
    String name = family + "-" + step.index();
    int itsNumber = (number + 1) * (Blueprint.MOST_STEPS + 1) + step.index();
    return step.parentOf(child(name, itsNumber, depth));
  }

  private Work.Child child(String name, int number, int depth) {
    int count = 1 + dice.below(MOST_STEPS, About.CHILD_STEPS, number);
    List<StepPlan> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> after = i == 0 ? List.of() : List.of(i - 1);
      StepPlan step = stepPlans.step(number, i, StepKind.COMPENSATABLE, after);
      steps.add(depth < MOST_DEPTH ? in(name, number, step, depth + 1) : step);
    }
    SagaDefinitionBuilder<Integer> builder = SagaDefinition.named(name, Integer.class);
    Optional<Duration> deadline = deadline(number);
    deadline.ifPresent(builder::deadline);
    List<Shape> sequence = steps.stream().<Shape>map(Shape.Step::new).toList();
    Blueprint blueprint = new Blueprint(definer.define(builder, sequence), steps, deadline);
    StepPlan last = steps.get(count - 1);
    boolean hasResult = last.isCall() && last.hasResult();
    return new Work.Child(blueprint, hasResult ? Optional.of(last) : Optional.empty());
  }

  private Optional<Duration> deadline(int number) {
    return dice.unit(About.CHILD_DEADLINE, number) < 0.2
        ? Optional.of(Duration.ofMillis(500 + dice.below(8_000, About.CHILD_DEADLINE, number + 1)))
        : Optional.empty();
  }
}
