package io.sagaflow.machine;

import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.ActionFailed;
import io.sagaflow.store.Fact.CompensationFailed;
import io.sagaflow.store.Fact.ProbeFailed;
import io.sagaflow.store.Fact.SagaStuck;
import io.sagaflow.store.Fact.StepCompensated;
import io.sagaflow.store.Fact.StepCompleted;
import io.sagaflow.store.Fact.StepRejected;
import io.sagaflow.store.Fact.StepSkipped;
import io.sagaflow.store.Fact.StepStarted;
import io.sagaflow.store.Fact.StepUnknown;
import io.sagaflow.store.StuckCause;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Says what the outcome of an attempt means for the saga. */
final class Judge {

  private final Plan plan;

  Judge(Plan plan) {
    this.plan = plan;
  }

  /** The fact that follows from an attempt; {@code roll} decides the jitter of a retry. */
  Fact judge(SagaState state, Call call, Outcome outcome, Instant now, double roll) {
    Attempt attempt = new Attempt(plan.step(call.step()), state, call, now, roll);
    return switch (call.direction()) {
      case CONDITION -> condition(attempt, outcome);
      case PROBE -> probe(attempt, outcome);
      case ACTION -> action(attempt, outcome);
      case COMPENSATION -> compensation(attempt, outcome);
    };
  }

  /** Whatever comes of a condition, the action has surely not begun. */
  private Fact condition(Attempt attempt, Outcome outcome) {
    return switch (outcome.kind()) {
      case SUCCEEDED -> new StepStarted(attempt.name());
      case SKIPPED -> new StepSkipped(attempt.name());
      case FAILED ->
          attempt
              .retryAt(attempt.step.retry(), plan.recordLimit())
              .<Fact>map(
                  at -> new ActionFailed(attempt.name(), attempt.number(), outcome.error(), at))
              .orElseGet(() -> rejected(attempt, outcome.error()));
      case REJECTED, ABORTED -> rejected(attempt, outcome.error());
      case WAITING -> throw noOutcome(outcome);
    };
  }

  private static IllegalArgumentException noOutcome(Outcome outcome) {
    return new IllegalArgumentException("Such a call doesn't end by " + outcome.kind());
  }

  private Fact probe(Attempt attempt, Outcome outcome) {
    return switch (outcome.kind()) {
      case SUCCEEDED -> new StepCompleted(attempt.name(), attempt.number(), outcome.result());
      case REJECTED -> notDone(attempt, outcome.error());
      case FAILED, ABORTED ->
          attempt
              .retryAt(attempt.step.probeRetry(), plan.recordLimit())
              .<Fact>map(
                  at -> new ProbeFailed(attempt.name(), attempt.number(), outcome.error(), at))
              .orElseGet(() -> probeExhausted(attempt, outcome.error()));
      case SKIPPED, WAITING -> throw noOutcome(outcome);
    };
  }

  private Fact notDone(Attempt attempt, String error) {
    if (attempt.step.kind() != StepKind.RETRIABLE) {
      return new StepRejected(attempt.name(), attempt.number(), error);
    }
    Instant retryAt = attempt.now.plus(attempt.step.retry().delayAfter(1, attempt.roll));
    return new ActionFailed(attempt.name(), attempt.number(), error, retryAt);
  }

  private Fact probeExhausted(Attempt attempt, String error) {
    return attempt.step.kind() == StepKind.COMPENSATABLE
        ? new StepUnknown(attempt.name(), attempt.number(), error)
        : forwardFailed(attempt, "its outcome is unknown, and " + error);
  }

  private Fact action(Attempt attempt, Outcome outcome) {
    return switch (outcome.kind()) {
      case SKIPPED, WAITING -> throw noOutcome(outcome);
      case SUCCEEDED -> new StepCompleted(attempt.name(), attempt.number(), outcome.result());
      case REJECTED -> rejected(attempt, outcome.error());
      case FAILED -> failed(attempt, outcome.error());
      case ABORTED -> exhausted(attempt, outcome.error());
    };
  }

  private Fact rejected(Attempt attempt, String error) {
    if (attempt.step.kind() == StepKind.RETRIABLE) {
      return new SagaStuck(
          StuckCause.REJECTED_AFTER_PIVOT,
          Optional.of(attempt.name()),
          "Step "
              + attempt.name()
              + " was rejected, but comes after the pivot, where a saga only"
              + " goes forward: "
              + error);
    }
    if (!attempt.state().open() || attempt.step.is(Trait.CHILD)) { // a child's journal is no doubt
      return new StepRejected(attempt.name(), attempt.number(), error);
    }
    String doubt = "Rejected, but an earlier attempt may have taken effect: " + error;
    return attempt.step.kind() == StepKind.PIVOT && !attempt.step.is(Trait.PROBED)
        ? failed(attempt, doubt) // neither passed nor compensated until it is known
        : new StepUnknown(attempt.name(), attempt.number(), doubt);
  }

  private Fact failed(Attempt attempt, String error) {
    return attempt
        .retryAt(attempt.step.retry(), plan.recordLimit())
        .<Fact>map(at -> new ActionFailed(attempt.name(), attempt.number(), error, at))
        .orElseGet(() -> exhausted(attempt, error));
  }

  private Fact exhausted(Attempt attempt, String error) {
    if (attempt.step.is(Trait.TRANSACTIONAL) && attempt.step.kind() != StepKind.RETRIABLE) {
      return new StepRejected(attempt.name(), attempt.number(), error); // each was rolled back
    }
    boolean ask = attempt.step.is(Trait.PROBED) && attempt.saga.seq() < plan.recordLimit();
    if (attempt.step.kind() == StepKind.COMPENSATABLE || ask) {
      return new StepUnknown(attempt.name(), attempt.number(), error);
    }
    return forwardFailed(attempt, error);
  }

  private Fact forwardFailed(Attempt attempt, String error) {
    return new SagaStuck(
        StuckCause.FORWARD_FAILED,
        Optional.of(attempt.name()),
        "Action of step "
            + attempt.name()
            + " failed after "
            + attempt.number()
            + " attempts"
            + full(attempt)
            + ", and the saga can't turn back: "
            + error);
  }

  private Fact compensation(Attempt attempt, Outcome outcome) {
    if (outcome.kind() == Outcome.Kind.SUCCEEDED) {
      return new StepCompensated(attempt.name(), attempt.number());
    }
    return attempt
        .retryAt(attempt.step.compensationRetry(), plan.recordLimit())
        .<Fact>map(
            at -> new CompensationFailed(attempt.name(), attempt.number(), outcome.error(), at))
        .orElseGet(() -> compensationExhausted(attempt, outcome.error()));
  }

  private Fact compensationExhausted(Attempt attempt, String error) {
    return new SagaStuck(
        StuckCause.COMPENSATION_FAILED,
        Optional.of(attempt.name()),
        "Compensation of step "
            + attempt.name()
            + " failed after "
            + attempt.number()
            + " attempts"
            + full(attempt)
            + ": "
            + error);
  }

  /** Says that there would have been more attempts, had the journal had room for them. */
  private String full(Attempt attempt) {
    long records = attempt.saga.seq();
    return records < plan.recordLimit()
        ? ""
        : " and its journal has "
            + records
            + " records, as many as retries may make it"
            + " (maxJournalRecords)";
  }

  /** An attempt with what surrounds it. */
  private record Attempt(PlannedStep step, SagaState saga, Call call, Instant now, double roll) {

    String name() {
      return step.name();
    }

    int number() {
      return call.attempt();
    }

    StepState state() {
      return saga.step(call.step());
    }

    /** When the next attempt is due; empty if there is to be none. */
    Optional<Instant> retryAt(RetryPolicy policy, int recordLimit) {
      Duration delay = policy.delayAfter(number(), roll);
      Instant retryAt = now.plus(delay);
      Duration elapsed = Duration.between(state().firstFailureAt().orElse(now), retryAt);
      boolean allowed = policy.allowsAnother(number(), elapsed) && saga.seq() < recordLimit;
      return allowed ? Optional.of(retryAt) : Optional.empty();
    }
  }
}
