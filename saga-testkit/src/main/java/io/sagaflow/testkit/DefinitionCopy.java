package io.sagaflow.testkit;

import io.sagaflow.Action;
import io.sagaflow.Compensation;
import io.sagaflow.FailureClasses;
import io.sagaflow.Pause;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepDefinition;
import io.sagaflow.StepKey;
import io.sagaflow.StepKind;
import java.util.Set;

/**
 * A definition once more, with other calls in it: the same steps to the machine and the journal,
 * built through the public builder as its user built it.
 */
final class DefinitionCopy {

  private DefinitionCopy() {}

  /** What is put in the place of each call. */
  interface Calls<I> {

    <R> Action<I, R> action(StepDefinition<I, R> step);

    <R> Compensation<I, R> compensation(StepDefinition<I, R> step, Compensation<I, R> compensation);

    RetryPolicy retry(RetryPolicy policy);
  }

  static <I> SagaDefinition<I> of(SagaDefinition<I> original, Calls<I> calls) {
    SagaDefinitionBuilder<I> copy =
        SagaDefinition.named(original.name(), original.inputType()).version(original.version());
    original.deadline().ifPresent(copy::deadline);
    for (StepDefinition<I, ?> step : original.steps()) {
      add(copy, step, calls);
    }
    return copy.build();
  }

  private static <I, R> void add(
      SagaDefinitionBuilder<I> saga, StepDefinition<I, R> step, Calls<I> calls) {
    if (step.transactional().isPresent() || step.transactionalCompensation().isPresent()) {
      throw new IllegalArgumentException(
          "Step "
              + step.name()
              + " is transactional, and the explorer's store is in memory: it has no transactions.");
    }
    if (step.pause().isPresent()) {
      pause(saga, step.key(), step.pause().get());
      return;
    }
    StepBuilder<I, R> copy =
        saga.step(step.key())
            .action(calls.action(step))
            .timeout(step.timeout())
            .compensationTimeout(step.compensationTimeout())
            .compensationRetry(calls.retry(step.compensationRetry()));
    step.compensation()
        .ifPresent(compensation -> copy.compensation(calls.compensation(step, compensation)));
    step.whyNoCompensation().ifPresent(copy::withoutCompensation);
    if (step.atMostOnce()) {
      copy.atMostOnce(); // which says all about its retries
    } else {
      copy.retry(calls.retry(step.retry()));
    }
    if (step.kind() == StepKind.PIVOT) {
      copy.pivot();
    }
    FailureClasses failures = step.failures();
    copy.rejectedBy(array(failures.rejectedBy()))
        .retryOn(array(failures.retryOn()))
        .abortOn(array(failures.abortOn()));
  }

  private static void pause(SagaDefinitionBuilder<?> saga, StepKey<?> key, Pause pause) {
    switch (pause.kind()) {
      case SLEEP -> saga.sleep(key.name(), pause.time().orElseThrow());
      case SIGNAL ->
          pause
              .time()
              .ifPresentOrElse(
                  timeout -> saga.awaitSignal(key, timeout), () -> saga.awaitSignal(key));
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private static Class<? extends Throwable>[] array(Set<Class<? extends Throwable>> types) {
    return types.toArray(new Class[0]);
  }
}
