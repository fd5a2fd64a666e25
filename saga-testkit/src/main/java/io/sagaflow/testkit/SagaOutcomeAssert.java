package io.sagaflow.testkit;

import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/** Assertions about how a saga ended. See {@link SagaAssertions}. */
public final class SagaOutcomeAssert extends AbstractAssert<SagaOutcomeAssert, SagaOutcome> {

  SagaOutcomeAssert(SagaOutcome outcome) {
    super(outcome, SagaOutcomeAssert.class);
  }

  /**
   * Verifies that every step took effect.
   *
   * @return this
   */
  public SagaOutcomeAssert isCompleted() {
    return hasStatus(SagaStatus.COMPLETED);
  }

  /**
   * Verifies that everything was compensated.
   *
   * @return this
   */
  public SagaOutcomeAssert isCompensated() {
    return hasStatus(SagaStatus.COMPENSATED);
  }

  /**
   * Verifies that the saga waits for an operator.
   *
   * @return this
   */
  public SagaOutcomeAssert isStuck() {
    return hasStatus(SagaStatus.STUCK);
  }

  /**
   * Verifies the status.
   *
   * @param status the status
   * @return this
   */
  public SagaOutcomeAssert hasStatus(SagaStatus status) {
    isNotNull();
    if (actual.status() != status) {
      throw failure("it to be " + status, "it is " + actual.status());
    }
    return this;
  }

  /**
   * Verifies a step's result.
   *
   * @param step the step
   * @param result what its action returned
   * @param <R> the type of the result
   * @return this
   */
  public <R> SagaOutcomeAssert hasResult(StepKey<R> step, R result) {
    isNotNull();
    Optional<R> found = actual.result(step);
    if (found.filter(result::equals).isEmpty()) {
      throw failure(
          "the result of " + step.name() + " to be " + result,
          found.map(other -> "it is " + other).orElse("it has none"));
    }
    return this;
  }

  /**
   * Verifies why the saga turned back, or is stuck.
   *
   * @param text a part of the reason
   * @return this
   */
  public SagaOutcomeAssert hasReasonContaining(String text) {
    isNotNull();
    if (actual.reason().filter(found -> found.contains(text)).isEmpty()) {
      throw failure("a reason that contains '" + text + "'", "it is " + actual.status());
    }
    return this;
  }

  private AssertionError failure(String expected, String found) {
    return failureWithActualExpected(
        found,
        expected,
        "Of saga %s we expected %s, but %s%s.",
        actual.sagaId(),
        expected,
        found,
        actual.reason().map(reason -> " (" + reason + ")").orElse(""));
  }
}
