package io.sagaflow.testkit.simulation;

import io.sagaflow.RecordKind;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must hold of outcomes at their commit: somebody has told them. */
final class ProbeOracles {

  private ProbeOracles() {}

  static List<Oracle.OfRecords> ofRecords() {
    return List.of(new NobodyIsCredited(), new ProbesAreBelieved());
  }

  /** A step is done only if its action has returned, or its participant says so. */
  static final class NobodyIsCredited implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      if (!row.kind().equals("STEP_COMPLETED")) {
        return null;
      }
      StepBook step = saga.step(RecordOracles.stepOf(row));
      if (!step.plan.isCall()) {
        return null;
      }
      boolean told = step.isBeingProbed() ? step.saidDone : step.succeededActions > 0;
      return told ? null : row.step() + " of " + saga + " completes, and nobody has said so";
    }
  }

  /** What follows from a probe is what it has said. */
  static final class ProbesAreBelieved implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      StepBook step = row.step() == null ? null : saga.step(RecordOracles.stepOf(row));
      if (step == null) {
        return null;
      }
      boolean failed = step.failedProbes > step.probeFailureRecords;
      boolean told =
          switch (RecordKind.valueOf(row.kind())) {
            case PROBE_FAILED -> step.isBeingProbed() && failed;
            case STEP_UNKNOWN -> !step.isBeingProbed() || failed;
            case STEP_REJECTED, ACTION_FAILED -> !step.isBeingProbed() || step.saidNotDone;
            default -> true;
          };
      return told ? null : row.kind() + " of " + row.step() + " of " + saga + ", as no probe says";
    }
  }
}
