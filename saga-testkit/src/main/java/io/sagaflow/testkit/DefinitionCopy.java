package io.sagaflow.testkit;

import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDecorator;
import io.sagaflow.StepDefinition;

/** A definition once more, with other calls in it, for a store that is in memory. */
final class DefinitionCopy {

  private DefinitionCopy() {}

  static <I> SagaDefinition<I> of(SagaDefinition<I> original, StepDecorator<I> calls) {
    original.steps().forEach(DefinitionCopy::refuseTransactional);
    return original.decorated(calls);
  }

  private static void refuseTransactional(StepDefinition<?, ?> step) {
    if (step.transactional().isPresent() || step.transactionalCompensation().isPresent()) {
      throw new IllegalArgumentException(
          "Step "
              + step.name()
              + " is transactional, and the explorer's store is in memory: it has no transactions.");
    }
  }
}
