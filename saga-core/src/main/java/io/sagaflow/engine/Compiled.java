package io.sagaflow.engine;

import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDefinition;
import io.sagaflow.StepKey;
import io.sagaflow.machine.Call;
import io.sagaflow.machine.Plan;
import io.sagaflow.machine.PlannedStep;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.Trait;
import io.sagaflow.store.DefinitionRef;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A registered definition: the user's code, and the machine of its plan.
 *
 * @param definition the user's code
 * @param machine the machine
 * @param locks whether its sagas, or their children, take locks
 */
record Compiled<I>(SagaDefinition<I> definition, SagaMachine machine, boolean locks) {

  static <I> Compiled<I> of(SagaDefinition<I> definition, int recordLimit) {
    DefinitionRef ref = new DefinitionRef(definition.name(), definition.version());
    List<PlannedStep> steps = definition.steps().stream().map(Compiled::planned).toList();
    SagaMachine machine = new SagaMachine(new Plan(ref, steps, recordLimit));
    return new Compiled<>(definition, machine, definition.locks());
  }

  private static PlannedStep planned(StepDefinition<?, ?> step) {
    return new PlannedStep(
        step.name(),
        step.kind(),
        traits(step),
        step.after(),
        step.retry(),
        step.probeRetry(),
        step.compensationRetry(),
        step.pause());
  }

  private static Set<Trait> traits(StepDefinition<?, ?> step) {
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    if (step.isCompensated()) {
      traits.add(Trait.COMPENSATED);
    }
    if (step.atMostOnce()) {
      traits.add(Trait.AT_MOST_ONCE);
    }
    if (step.condition().isPresent() || step.locking().isPresent()) {
      traits.add(Trait.CONDITIONAL);
    }
    if (step.probe().isPresent()) {
      traits.add(Trait.PROBED);
    }
    if (step.child().isPresent()) {
      traits.add(Trait.CHILD);
    }
    if (step.transactional().isPresent()) {
      traits.add(Trait.TRANSACTIONAL);
    }
    return traits;
  }

  DefinitionRef ref() {
    return machine.plan().definition();
  }

  StepDefinition<I, ?> step(int index) {
    return definition.steps().get(index);
  }

  /** The name of the step whose call it is. */
  String nameOf(Call call) {
    return step(call.step()).name();
  }

  /** Finds a step by its key, and refuses a key of another type. */
  int indexOf(StepKey<?> key) {
    int index = machine.plan().indexOf(key.name());
    if (index < 0 || !step(index).key().equals(key)) {
      throw new IllegalArgumentException(
          "Definition "
              + ref()
              + " has no step '"
              + key.name()
              + "' with a result of "
              + key.type().getName());
    }
    return index;
  }
}
