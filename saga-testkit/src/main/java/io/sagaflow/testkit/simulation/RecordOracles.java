package io.sagaflow.testkit.simulation;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StuckCause;
import io.sagaflow.store.TurnCause;
import io.sagaflow.testkit.simulation.StepBook.Journaled;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must hold of every record at its commit. They rely on the committed rows alone. */
final class RecordOracles {

  private RecordOracles() {}

  static List<Oracle.OfRecords> all() {
    return List.of(
        new JournalHasNoGaps(),
        new EndsOnce(),
        new OnlyTheOwnerWrites(),
        new NobodyIsBlamed(),
        new TurnsBackForACause(),
        new NoTurnWhileACallRuns(),
        new NoTurnAfterThePivot(),
        new CompensatedInReverse(),
        new StuckForACause());
  }

  /** Each journal's numbers are 1, 2, 3 and so on. */
  static final class JournalHasNoGaps implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      return row.seq() == saga.seq + 1
          ? null
          : "record " + row.seq() + " follows record " + saga.seq + " in " + saga;
    }
  }

  /** Nothing follows a saga's end, unless a child is reversed, so that none ends twice. */
  static final class EndsOnce implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      boolean reverses =
          saga.parent != null
              && saga.status == SagaStatus.COMPLETED
              && (row.kind().equals("SAGA_RESUMED") || row.kind().equals("SAGA_TURNED_BACK"));
      return saga.ended && !reverses ? row.kind() + " follows the end of " + saga : null;
    }
  }

  /** At any moment one node at most writes a journal: the one that started or claimed the saga. */
  static final class OnlyTheOwnerWrites implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      return writer.equals(saga.owner)
          ? null
          : row.kind() + " of " + saga + " is written by a node that doesn't own it";
    }
  }

  /** A participant's failure is journaled only if a call to it failed, or its outcome is lost. */
  static final class NobodyIsBlamed implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      RecordKind kind = RecordKind.valueOf(row.kind());
      return switch (kind) {
        case ACTION_FAILED, STEP_REJECTED, STEP_UNKNOWN -> ofAction(saga, row);
        case COMPENSATION_FAILED -> ofCompensation(saga, row);
        default -> null;
      };
    }

    private @Nullable String ofAction(SagaBook saga, StoredRecord row) {
      StepBook step = saga.step(stepOf(row));
      if (!step.plan.isCall() && row.kind().equals("STEP_REJECTED")) {
        return null; // nobody is blamed: no signal came, or a child was compensated
      }
      if (step.isBeingProbed()) {
        return null; // as a probe says
      }
      if (saga.deadlocks > 0 && step.plan.manner().locks() > 0) {
        return null; // it gave way to another saga
      }
      boolean lost = step.plan.atMostOnce() && step.actionEpoch != saga.epoch;
      return lost || step.failureRecords < step.failedActions
          ? null
          : row.kind() + " of step " + row.step() + " of " + saga + ", whose action didn't fail";
    }

    private @Nullable String ofCompensation(SagaBook saga, StoredRecord row) {
      StepBook step = saga.step(stepOf(row));
      return step.compensationFailureRecords < step.failedCompensations
          ? null
          : row.kind() + " of step " + row.step() + " of " + saga + ", which didn't fail";
    }
  }

  /** A saga turns back for a cause that is there. */
  static final class TurnsBackForACause implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      if (!row.kind().equals("SAGA_TURNED_BACK")) {
        return null;
      }
      TurnCause cause = TurnCause.valueOf(String.valueOf(row.code()));
      boolean there =
          switch (cause) {
            case REJECTED -> has(saga, Journaled.REJECTED);
            case UNKNOWN -> hasUnknown(saga);
            case CANCELLED -> saga.cancelsPosted > 0;
            case ABORTED -> saga.abortsPosted > 0;
            case DEADLINE -> !saga.forced && isOver(saga, row);
            case REVERSED -> isReversed(saga);
          };
      return there ? null : saga + " turns back because of " + cause + ", which isn't so";
    }

    private static boolean isReversed(SagaBook saga) {
      SagaBook parent = saga.parent;
      return parent != null && parent.turned && saga.status == SagaStatus.COMPLETED;
    }

    private static boolean hasUnknown(SagaBook saga) {
      return saga.steps.stream()
          .anyMatch(step -> step.journaled == Journaled.UNKNOWN && step.hasFailed());
    }

    private static boolean has(SagaBook saga, Journaled journaled) {
      for (StepBook step : saga.steps) {
        if (step.journaled == journaled) {
          return true;
        }
      }
      return false;
    }

    private static boolean isOver(SagaBook saga, StoredRecord row) {
      Duration since = Duration.between(saga.startedAt, row.at());
      return saga.blueprint.deadline().map(limit -> since.compareTo(limit) >= 0).orElse(false);
    }
  }

  /** What turns a saga, or makes it stuck, waits for the calls that run, unless one has leaked. */
  static final class NoTurnWhileACallRuns implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      boolean ends = row.kind().equals("SAGA_TURNED_BACK") || row.kind().equals("SAGA_STUCK");
      if (!ends || saga.leakingCalls > 0 || saga.pausedCalls) {
        return null;
      }
      for (Invocation call : saga.running) {
        if (call.place().isNode(writer) && call.epoch() == saga.epoch) {
          return row.kind() + " of " + saga + " is journaled while " + call + " runs";
        }
      }
      return null;
    }
  }

  /** Once the pivot may have begun, a saga turns back only if all its attempts were rejected. */
  static final class NoTurnAfterThePivot implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      boolean turns = row.kind().equals("SAGA_TURNED_BACK");
      return turns && saga.mayHavePassedThePivot()
          ? saga + " turns back although its pivot may have taken effect"
          : null;
    }
  }

  /** A step is compensated after all those behind it that may have an effect. */
  static final class CompensatedInReverse implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      if (!row.kind().equals("STEP_COMPENSATED")) {
        return null;
      }
      StepBook behind = CallOracles.firstToCompensateBehind(saga, saga.step(stepOf(row)));
      return behind == null
          ? null
          : "step " + row.step() + " of " + saga + " before step " + behind.plan.name();
    }
  }

  /** A saga gets stuck for a cause that is there, and never because a bug was met. */
  static final class StuckForACause implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      if (!row.kind().equals("SAGA_STUCK")) {
        return null;
      }
      StuckCause cause = StuckCause.valueOf(String.valueOf(row.code()));
      boolean there =
          switch (cause) {
            case COMPENSATION_FAILED -> anyFailed(saga, true);
            case FORWARD_FAILED, REJECTED_AFTER_PIVOT -> anyFailed(saga, false);
            case CALL_LEAKED -> saga.leakingCalls > 0 || saga.pausedCalls;
            case RECOVERED_TOO_OFTEN -> saga.deaths > Place.MOST_RECOVERIES;
            case POISONED, DEFINITION_CHANGED -> false;
          };
      return there ? null : saga + " is stuck because of " + cause + ": " + row.detail();
    }

    private static boolean anyFailed(SagaBook saga, boolean backward) {
      for (StepBook step : saga.steps) {
        boolean forwardOnly = step.plan.kind() != StepKind.COMPENSATABLE;
        int failedForward = step.failedActions + step.failedProbes;
        if (backward ? step.failedCompensations > 0 : forwardOnly && failedForward > 0) {
          return true;
        }
      }
      return false;
    }
  }

  static String stepOf(StoredRecord row) {
    String step = row.step();
    if (step == null) {
      throw new IllegalStateException(row.kind() + " without a step");
    }
    return step;
  }
}
