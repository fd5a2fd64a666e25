package io.sagaflow.testkit.simulation;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.StepKey;
import io.sagaflow.machine.Plan;
import io.sagaflow.machine.PlannedStep;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.store.DefinitionRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A generated definition, of which the oracles keep their own idea.
 *
 * @param definition what the engine is given
 * @param steps its steps
 * @param deadline of its sagas
 */
record Blueprint(
    SagaDefinition<Integer> definition, List<StepPlan> steps, Optional<Duration> deadline) {

  static final int MOST_STEPS = 12;

  static final List<StepKey<Integer>> KEYS =
      IntStream.range(0, MOST_STEPS)
          .mapToObj(index -> StepKey.of("s" + index, Integer.class))
          .toList();

  boolean is(Blueprint other) {
    return definition == other.definition;
  }

  DefinitionRef ref() {
    return new DefinitionRef(definition.name(), definition.version());
  }

  /** This one, those of its children, and those of theirs. */
  List<Blueprint> family() {
    List<Blueprint> family = new ArrayList<>(List.of(this));
    steps.forEach(step -> step.child().ifPresent(child -> family.addAll(child.family())));
    return family;
  }

  /** A machine of its own, which the engine doesn't know. */
  SagaMachine machine() {
    List<PlannedStep> planned = new ArrayList<>();
    for (StepPlan step : steps) {
      planned.add(
          new PlannedStep(
              step.name(),
              step.kind(),
              step.traits(),
              step.after(),
              step.retry(),
              step.probeRetry().orElse(RetryPolicy.none()),
              step.compensationRetry(),
              step.pause()));
    }
    return new SagaMachine(new Plan(ref(), planned, Integer.MAX_VALUE));
  }

  /** The index of a step, by its name. */
  static int indexOf(String step) {
    return Integer.parseInt(step.substring(1));
  }
}
