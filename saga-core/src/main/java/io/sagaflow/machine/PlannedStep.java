package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;

/**
 * What the machine knows of a step: plain data, no user code.
 *
 * @param name the step's name
 * @param kind what it is to backward recovery
 * @param compensated whether it has a compensation
 * @param atMostOnce whether its action is never called a second time
 * @param retry how often the action is tried
 * @param compensationRetry how often the compensation is tried
 */
public record PlannedStep(
    String name,
    StepKind kind,
    boolean compensated,
    boolean atMostOnce,
    RetryPolicy retry,
    RetryPolicy compensationRetry) {

  String shape() {
    return name + ":" + kind + (compensated ? ":c" : "") + (atMostOnce ? ":1" : "");
  }
}
