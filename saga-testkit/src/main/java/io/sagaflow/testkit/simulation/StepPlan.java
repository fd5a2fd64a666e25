package io.sagaflow.testkit.simulation;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKey;
import io.sagaflow.StepKind;
import io.sagaflow.machine.Trait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * A generated step.
 *
 * @param index its place in the definition
 * @param kind what it is to backward recovery
 * @param discipline how its participant takes repeated calls
 * @param compensated whether it has a compensation
 * @param atMostOnce whether its action is never called twice
 * @param hasResult whether its action returns one
 * @param timeout of each attempt
 * @param retry of the action
 * @param compensationRetry of the compensation
 */
record StepPlan(
    int index,
    StepKind kind,
    Discipline discipline,
    boolean compensated,
    boolean atMostOnce,
    boolean hasResult,
    Duration timeout,
    RetryPolicy retry,
    RetryPolicy compensationRetry) {

  StepKey<Integer> key() {
    return Blueprint.KEYS.get(index);
  }

  String name() {
    return key().name();
  }

  Set<Trait> traits() {
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    if (compensated) {
      traits.add(Trait.COMPENSATED);
    }
    if (atMostOnce) {
      traits.add(Trait.AT_MOST_ONCE);
    }
    return traits;
  }
}
