package io.sagaflow.testkit;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaTimeoutException;
import io.sagaflow.StepKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about a saga. Each reads its journal anew, and shows it if it fails. See {@link
 * SagaAssertions}.
 */
public final class SagaAssert extends AbstractAssert<SagaAssert, SagaHandle> {

  private static final Duration MOMENT = Duration.ofSeconds(10);

  SagaAssert(SagaHandle saga) {
    super(saga, SagaAssert.class);
  }

  /**
   * Waits until the saga has ended or is stuck. In {@link VirtualTime}, time passes for that.
   *
   * @param timeout how long at most
   * @return this
   */
  public SagaAssert endsWithin(Duration timeout) {
    isNotNull();
    try {
      actual.await(timeout);
    } catch (SagaTimeoutException e) {
      throw failure("it to end within " + timeout, "it hasn't");
    }
    return this;
  }

  /**
   * Verifies that every step took effect.
   *
   * @return this
   */
  public SagaAssert isCompleted() {
    return hasStatus(SagaStatus.COMPLETED);
  }

  /**
   * Verifies that everything was compensated.
   *
   * @return this
   */
  public SagaAssert isCompensated() {
    return hasStatus(SagaStatus.COMPENSATED);
  }

  /**
   * Verifies that it waits for an operator.
   *
   * @return this
   */
  public SagaAssert isStuck() {
    return hasStatus(SagaStatus.STUCK);
  }

  /**
   * Verifies where it stands.
   *
   * @param status the status
   * @return this
   */
  public SagaAssert hasStatus(SagaStatus status) {
    isNotNull();
    SagaStatus found = actual.status();
    if (found != status) {
      throw failure("it to be " + status, "it is " + found);
    }
    return this;
  }

  /**
   * Verifies which steps' actions took effect, whether or not they were compensated afterwards.
   *
   * @param steps all of them, in their order
   * @return this
   */
  public SagaAssert completedSteps(String... steps) {
    return hasSteps(RecordKind.STEP_COMPLETED, "completed steps", steps);
  }

  /**
   * Verifies which steps were compensated.
   *
   * @param steps all of them, in the order of their compensations
   * @return this
   */
  public SagaAssert compensatedInOrder(String... steps) {
    return hasSteps(RecordKind.STEP_COMPENSATED, "compensated steps", steps);
  }

  /**
   * Verifies that nothing was compensated.
   *
   * @return this
   */
  public SagaAssert compensatedNothing() {
    return compensatedInOrder();
  }

  /**
   * Verifies which step was definitely rejected.
   *
   * @param step the only one
   * @return this
   */
  public SagaAssert wasRejectedBy(String step) {
    return hasSteps(RecordKind.STEP_REJECTED, "rejected steps", step);
  }

  /**
   * Verifies of which step the outcome stayed unknown.
   *
   * @param step the only one
   * @return this
   */
  public SagaAssert hasUnknownOutcomeOf(String step) {
    return hasSteps(RecordKind.STEP_UNKNOWN, "steps with an unknown outcome", step);
  }

  /**
   * Verifies how often the saga was taken over from a coordinator that died.
   *
   * @param times the number
   * @return this
   */
  public SagaAssert wasResumedTimes(int times) {
    isNotNull();
    long found = history().stream().filter(e -> e.kind() == RecordKind.SAGA_RESUMED).count();
    if (found != times) {
      throw failure("it to be resumed " + times + " times", "it was " + found + " times");
    }
    return this;
  }

  /**
   * Verifies a step's result. The saga has ended, or is stuck.
   *
   * @param step the step
   * @param result what its action returned
   * @param <R> the type of the result
   * @return this
   */
  public <R> SagaAssert hasResult(StepKey<R> step, R result) {
    Optional<R> found = outcome().result(step);
    if (found.filter(result::equals).isEmpty()) {
      throw failure(
          "the result of " + step.name() + " to be " + result,
          found.map(other -> "it is " + other).orElse("it has none"));
    }
    return this;
  }

  /**
   * Verifies why the saga turned back, or is stuck. It has ended, or is stuck.
   *
   * @param text a part of the reason
   * @return this
   */
  public SagaAssert hasReasonContaining(String text) {
    Optional<String> reason = outcome().reason();
    if (reason.filter(found -> found.contains(text)).isEmpty()) {
      throw failure(
          "a reason that contains '" + text + "'",
          reason.map(found -> "it is '" + found + "'").orElse("there is none"));
    }
    return this;
  }

  private SagaAssert hasSteps(RecordKind kind, String what, String... steps) {
    isNotNull();
    List<String> found =
        history().stream()
            .filter(event -> event.kind() == kind)
            .flatMap(event -> event.step().stream())
            .toList();
    if (!found.equals(List.of(steps))) {
      throw failure("the " + what + " to be " + List.of(steps), "they are " + found);
    }
    return this;
  }

  private SagaOutcome outcome() {
    isNotNull();
    if (!actual.status().isSettled()) {
      throw failure("it to have ended", "it is " + actual.status());
    }
    return actual.await(MOMENT);
  }

  private List<SagaEvent> history() {
    return actual.history();
  }

  private AssertionError failure(String expected, String found) {
    return failureWithActualExpected(
        found,
        expected,
        "Of saga %s we expected %s, but %s. Its history:%n%s",
        actual.id(),
        expected,
        found,
        Histories.text(history()));
  }
}
