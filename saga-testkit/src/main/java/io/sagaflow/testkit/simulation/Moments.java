package io.sagaflow.testkit.simulation;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StuckCause;
import io.sagaflow.store.TurnCause;
import io.sagaflow.testkit.simulation.StepBook.Journaled;
import org.jspecify.annotations.Nullable;

/** Tells rare moments by the records that are journaled in them. */
final class Moments {

  private Moments() {}

  /** The moment that a record is, before the books have it; null for an ordinary one. */
  static @Nullable Marker of(SagaBook book, StoredRecord row, RecordKind kind) {
    return switch (kind) {
      case SAGA_RESUMED -> Marker.SAGA_RESUMED_AFTER_A_DEATH;
      case STEP_UNKNOWN -> ofUnknown(book, row);
      case ACTION_FAILED -> ofFailure(book, row);
      case SAGA_TURNED_BACK -> ofTurn(book, row);
      case SAGA_STUCK -> ofStuck(row);
      case SAGA_RETRIED -> Marker.STUCK_AND_RETRIED;
      case COMMAND_REFUSED -> ofRefusal(row);
      case STEP_SKIPPED -> Marker.STEP_SKIPPED;
      case STEP_MARKED_DONE -> ofVerb(book, Marker.MARKED_DONE);
      case STEP_MARKED_NOT_DONE -> ofVerb(book, Marker.MARKED_NOT_DONE);
      case COMPENSATION_SKIPPED -> ofVerb(book, Marker.COMPENSATION_SKIPPED);
      case SAGA_FORCED_FORWARD -> Marker.FORCED_FORWARD;
      case SAGA_COMPLETED -> book.forced ? Marker.COMPLETED_ALL_THE_SAME : null;
      case SIGNAL_RECEIVED -> ofSignal(book, row);
      case STEP_REJECTED -> ofRejection(book, row);
      case STEP_COMPLETED -> ofCompletion(book, row);
      default -> null;
    };
  }

  private static @Nullable Marker ofUnknown(SagaBook book, StoredRecord row) {
    if (book.step(RecordOracles.stepOf(row)).isBeingProbed()) {
      return Marker.PROBE_GIVEN_UP;
    }
    String detail = String.valueOf(row.detail());
    if (detail.startsWith("Rejected, but")) {
      return Marker.REJECTION_WITH_AN_ATTEMPT_OPEN;
    }
    return detail.startsWith("This at-most-once") ? Marker.AT_MOST_ONCE_STEP_CRASHED : null;
  }

  private static @Nullable Marker ofFailure(SagaBook book, StoredRecord row) {
    boolean pivot = book.step(RecordOracles.stepOf(row)).plan.kind() == StepKind.PIVOT;
    return pivot ? Marker.PIVOT_RETRIED : null;
  }

  private static @Nullable Marker ofTurn(SagaBook book, StoredRecord row) {
    return switch (TurnCause.valueOf(String.valueOf(row.code()))) {
      case DEADLINE -> Marker.TURNED_BACK_BY_THE_DEADLINE;
      case CANCELLED ->
          ChildOracles.BY.equals(row.actor())
              ? Marker.CHILD_CANCELLED
              : Marker.TURNED_BACK_BY_CANCEL;
      case ABORTED ->
          book.status == SagaStatus.STUCK ? Marker.STUCK_AND_ABORTED : Marker.TURNED_BACK_BY_ABORT;
      case REJECTED ->
          book.steps.stream()
                  .filter(step -> step.journaled == Journaled.REJECTED)
                  .anyMatch(step -> step.plan.kind() == StepKind.PIVOT)
              ? Marker.TURNED_BACK_BY_THE_PIVOT
              : null;
      case REVERSED -> Marker.CHILD_REVERSED;
      case UNKNOWN -> null;
    };
  }

  private static @Nullable Marker ofStuck(StoredRecord row) {
    return switch (StuckCause.valueOf(String.valueOf(row.code()))) {
      case CALL_LEAKED -> Marker.STUCK_BY_A_LEAKED_CALL;
      case RECOVERED_TOO_OFTEN -> Marker.STUCK_BY_TOO_MANY_RECOVERIES;
      default -> null;
    };
  }

  private static Marker ofVerb(SagaBook book, Marker verb) {
    return book.status == SagaStatus.STUCK && book.number % 2 == 0 ? Marker.STUCK_AND_HELPED : verb;
  }

  private static Marker ofRefusal(StoredRecord row) {
    return switch (CommandKind.valueOf(String.valueOf(row.code()))) {
      case SIGNAL -> Marker.SIGNAL_REFUSED;
      case MARK_DONE, MARK_NOT_DONE, SKIP_COMPENSATION, FORCE_FORWARD -> Marker.VERB_REFUSED;
      case CANCEL, RETRY, LOOK, REVERSE, ABORT -> Marker.CANCEL_TOO_LATE;
    };
  }

  private static @Nullable Marker ofSignal(SagaBook book, StoredRecord row) {
    if (book.turned) {
      return Marker.SIGNAL_AFTER_THE_TURN;
    }
    boolean early = book.step(RecordOracles.stepOf(row)).turnAt == null;
    return early ? Marker.SIGNAL_BEFORE_ITS_STEP : null;
  }

  private static @Nullable Marker ofRejection(SagaBook book, StoredRecord row) {
    StepPlan plan = book.step(RecordOracles.stepOf(row)).plan;
    if (plan.child().isPresent()) {
      return Marker.CHILD_REFUSED;
    }
    return plan.isWait() ? Marker.WAIT_TIMED_OUT : null;
  }

  private static @Nullable Marker ofCompletion(SagaBook book, StoredRecord row) {
    StepPlan plan = book.step(RecordOracles.stepOf(row)).plan;
    if (plan.child().isPresent()) {
      return book.parent == null ? Marker.CHILD_COMPLETED : Marker.CHILD_OF_A_CHILD;
    }
    return plan.isWait() && !plan.isSignal() ? Marker.SLEEP_ENDED : null;
  }
}
