package io.sagaflow.machine;

import io.sagaflow.RecordKind;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Payload;
import io.sagaflow.store.StuckCause;
import io.sagaflow.store.TurnCause;
import java.time.Instant;
import java.util.Optional;

/** Facts for tests, with what doesn't matter filled in. */
final class Facts {

  static final Payload RESULT = Payload.ofText("{\"reservationId\":\"r-1\"}");

  private static final Instant LATER = Story.START.plusSeconds(1);

  private Facts() {}

  /** A fact of a kind; about a step, if facts of that kind are. */
  static Fact of(RecordKind kind, String step) {
    return switch (kind) {
      case SAGA_STARTED -> sagaStarted(Optional.empty());
      case SAGA_RESUMED -> resumed();
      case STEP_STARTED -> started(step);
      case STEP_SKIPPED -> skipped(step);
      case STEP_COMPLETED -> completed(step);
      case ACTION_FAILED -> failed(step, LATER);
      case STEP_REJECTED -> rejected(step);
      case STEP_UNKNOWN -> unknown(step);
      case PROBE_FAILED -> probeFailed(step, LATER);
      case SAGA_TURNED_BACK -> turnedBack();
      case STEP_COMPENSATED -> compensated(step);
      case COMPENSATION_FAILED -> compensationFailed(step, LATER);
      case SAGA_COMPLETED -> new Fact.SagaCompleted();
      case SAGA_COMPENSATED -> new Fact.SagaCompensated();
      case SAGA_STUCK -> stuckOn(step);
      case SAGA_RETRIED -> retried();
      case SIGNAL_RECEIVED -> received(step);
      case STEP_MARKED_DONE -> markedDone(step);
      case STEP_MARKED_NOT_DONE -> markedNotDone(step);
      case COMPENSATION_SKIPPED -> skippedCompensation(step);
      case SAGA_FORCED_FORWARD -> forcedForward();
      case COMMAND_REFUSED -> refused();
    };
  }

  static Fact sagaStarted(Optional<Instant> deadline) {
    return new Fact.SagaStarted("fingerprint", Payload.ofText("{}"), deadline);
  }

  static Fact resumed() {
    return new Fact.SagaResumed("node-2");
  }

  static Fact started(String step) {
    return new Fact.StepStarted(step);
  }

  static Fact skipped(String step) {
    return new Fact.StepSkipped(step);
  }

  static Fact completed(String step) {
    return new Fact.StepCompleted(step, 1, Optional.of(RESULT));
  }

  static Fact failed(String step, Instant retryAt) {
    return new Fact.ActionFailed(step, 1, "no answer", retryAt);
  }

  static Fact rejected(String step) {
    return new Fact.StepRejected(step, 1, "sold out");
  }

  static Fact unknown(String step) {
    return new Fact.StepUnknown(step, 1, "timed out");
  }

  static Fact probeFailed(String step, Instant retryAt) {
    return new Fact.ProbeFailed(step, 1, "no answer", retryAt);
  }

  static Fact turnedBack() {
    return new Fact.SagaTurnedBack(TurnCause.CANCELLED, Optional.of("ann"), "Cancelled by ann.");
  }

  static Fact reversed() {
    return new Fact.SagaTurnedBack(
        TurnCause.REVERSED, Optional.of("sagaflow"), "Its parent turned back.");
  }

  static Fact compensated(String step) {
    return new Fact.StepCompensated(step, 1);
  }

  static Fact compensationFailed(String step, Instant retryAt) {
    return new Fact.CompensationFailed(step, 1, "no answer", retryAt);
  }

  static Fact stuck() {
    return new Fact.SagaStuck(
        StuckCause.RECOVERED_TOO_OFTEN, Optional.empty(), "Taken over too often.");
  }

  static Fact stuckOn(String step) {
    return new Fact.SagaStuck(StuckCause.CALL_LEAKED, Optional.of(step), "The call goes on.");
  }

  static Fact retried() {
    return new Fact.SagaRetried("ann", "participant restored");
  }

  static Fact received(String step) {
    return new Fact.SignalReceived(step, "psp-17", "node-1", RESULT);
  }

  static Fact markedDone(String step) {
    return new Fact.StepMarkedDone(step, "ann", "the bank says so", Optional.of(RESULT));
  }

  static Fact markedNotDone(String step) {
    return new Fact.StepMarkedNotDone(step, "ann", "the bank says so");
  }

  static Fact skippedCompensation(String step) {
    return new Fact.CompensationSkipped(step, "ann", "undone by hand");
  }

  static Fact forcedForward() {
    return new Fact.SagaForcedForward("ann", "the goods are there after all");
  }

  static Fact refused() {
    return new Fact.CommandRefused(CommandKind.CANCEL, "ann", "Too late.");
  }
}
