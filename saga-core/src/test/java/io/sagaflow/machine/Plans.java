package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import io.sagaflow.store.DefinitionRef;
import java.time.Duration;
import java.util.List;

/** Plans for tests. A step is tried three times, a second apart; so is its compensation. */
final class Plans {

  static final RetryPolicy THRICE = RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(3);
  static final int RECORD_LIMIT = 1_000;

  private Plans() {}

  static Plan plan(PlannedStep... steps) {
    return limited(RECORD_LIMIT, steps);
  }

  static Plan limited(int recordLimit, PlannedStep... steps) {
    return new Plan(new DefinitionRef("place-order", 3), List.of(steps), recordLimit);
  }

  static PlannedStep step(String name) {
    return new PlannedStep(name, StepKind.COMPENSATABLE, true, false, THRICE, THRICE);
  }

  static PlannedStep withoutCompensation(String name) {
    return new PlannedStep(name, StepKind.COMPENSATABLE, false, false, THRICE, THRICE);
  }

  static PlannedStep atMostOnce(String name) {
    return new PlannedStep(name, StepKind.COMPENSATABLE, true, true, RetryPolicy.none(), THRICE);
  }

  static PlannedStep pivot(String name) {
    return new PlannedStep(name, StepKind.PIVOT, false, false, THRICE, THRICE);
  }

  static PlannedStep retriable(String name) {
    return new PlannedStep(name, StepKind.RETRIABLE, false, false, THRICE, THRICE);
  }

  static PlannedStep retried(PlannedStep step, RetryPolicy retry) {
    return new PlannedStep(
        step.name(), step.kind(), step.compensated(), step.atMostOnce(), retry, retry);
  }
}
