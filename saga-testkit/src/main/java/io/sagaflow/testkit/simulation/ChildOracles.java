package io.sagaflow.testkit.simulation;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.testkit.simulation.StepBook.Journaled;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What must hold between a saga and its children. They rely on the committed rows of both. */
final class ChildOracles {

  /** Who turns a child back whose parent did, as the journal names it. */
  static final String BY = "sagaflow";

  private ChildOracles() {}

  static List<Oracle.OfRecords> ofRecords() {
    return List.of(new StepsFollowTheirChildren(), new NoChildOutlivesItsParent());
  }

  /** A step has one child, which begins in its turn and knows where it comes from. */
  static @Nullable String checkStart(
      SagaBook parent, StepBook step, SagaBook child, StoredRecord first) {
    if (step.plan.child().filter(child.blueprint::is).isEmpty() || step.child != null) {
      return child + " isn't the one child of step " + step.plan.name() + " of " + parent;
    }
    SagaBook root = parent;
    while (root.parent != null) {
      root = root.parent;
    }
    if (!root.id.toString().equals(first.detail())) {
      return child + " says that it comes from " + first.detail() + ", and it does from " + root;
    }
    boolean over = parent.ended || step.isDone() || step.journaled == Journaled.COMPENSATED;
    return over && !step.told
        ? child + " begins, and step " + step.plan.name() + " of " + parent + " is over"
        : null;
  }

  /** What is journaled of a step is what has become of its child, with the child's result. */
  static final class StepsFollowTheirChildren implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      StepBook step = row.step() == null ? null : saga.step(RecordOracles.stepOf(row));
      if (step == null || !(step.plan.work() instanceof Work.Child work)) {
        return null;
      }
      SagaBook child = step.child;
      SagaStatus status = child == null ? null : child.status;
      boolean right =
          switch (RecordKind.valueOf(row.kind())) {
            case STEP_COMPLETED ->
                status == SagaStatus.COMPLETED && hasResult(work, child, saga.numberIn(row));
            case STEP_REJECTED -> status == SagaStatus.COMPENSATED || isUndecided(step);
            case STEP_COMPENSATED -> status == SagaStatus.COMPENSATED || child == null;
            default -> true;
          };
      return right ? null : row.kind() + " of " + saga + ", whose child is " + status;
    }

    /** Its condition can't be asked, so that it has no child. */
    private static boolean isUndecided(StepBook step) {
      return step.plan.conditional()
          && step.journaled == Journaled.NOTHING
          && step.failureRecords < step.failedActions;
    }

    private static boolean hasResult(
        Work.Child work, @Nullable SagaBook child, @Nullable Integer journaled) {
      Integer result =
          work.resultOf().isEmpty() || child == null
              ? null
              : child.steps.get(work.resultOf().get().index()).result;
      return Objects.equals(result, journaled);
    }
  }

  /** When a saga ends, its children have, in the same way; so a skipped one never was. */
  static final class NoChildOutlivesItsParent implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      SagaStatus end =
          switch (RecordKind.valueOf(row.kind())) {
            case SAGA_COMPLETED -> SagaStatus.COMPLETED;
            case SAGA_COMPENSATED -> SagaStatus.COMPENSATED;
            default -> null;
          };
      if (end == null) {
        return null;
      }
      for (StepBook step : saga.steps) {
        if (step.child != null && !step.told && step.child.status != end) {
          return saga + " ends as " + end + ", and " + step.child + " is " + step.child.status;
        }
      }
      return null;
    }
  }
}
