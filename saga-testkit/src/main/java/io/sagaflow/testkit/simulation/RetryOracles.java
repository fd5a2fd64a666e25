package io.sagaflow.testkit.simulation;

import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StuckCause;
import io.sagaflow.store.TurnCause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of attempts and their pauses. They rely on the committed rows and on the policies
 * of the generated definitions.
 */
final class RetryOracles {

  private RetryOracles() {}

  static List<Oracle.OfRecords> ofRecords(World world) {
    return List.of(
        new RetriesKeepTheirPolicy(), new GivesUpWhenUsedUp(), new TurnsBackInTime(world));
  }

  static List<Oracle.OfCalls> ofCalls() {
    return List.of(new NoAttemptBeforeItsTime());
  }

  /** Another attempt is announced only if the step's policy allows it. */
  static final class RetriesKeepTheirPolicy implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      Instant next = row.due();
      if (next == null || row.step() == null) {
        return null;
      }
      StepBook step = saga.step(RecordOracles.stepOf(row));
      if (step.isBeingProbed() && row.kind().equals("ACTION_FAILED")) {
        return null; // the action wasn't done, and is called anew
      }
      RetryPolicy policy = policy(step.plan, row);
      int attempts = step.failuresInARow + 1;
      Duration elapsed = Duration.between(step.firstFailureOr(row.at()), next);
      return policy.allowsAnother(attempts, elapsed)
          ? null
          : row.kind() + " of step " + row.step() + " of " + saga + " announces one more attempt";
    }
  }

  private static RetryPolicy policy(StepPlan plan, StoredRecord row) {
    return switch (RecordKind.valueOf(row.kind())) {
      case PROBE_FAILED, STEP_UNKNOWN -> plan.probeRetry().orElseThrow();
      case COMPENSATION_FAILED, SAGA_STUCK -> plan.compensationRetry();
      default -> plan.retry();
    };
  }

  /** A compensation, or a probe, is given up only when its policy allows no further attempt. */
  static final class GivesUpWhenUsedUp implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      StepBook step = row.step() == null ? null : saga.step(RecordOracles.stepOf(row));
      boolean givesUp =
          StuckCause.COMPENSATION_FAILED.name().equals(row.code())
              || (row.kind().equals("STEP_UNKNOWN") && step != null && step.isBeingProbed());
      if (!givesUp || step == null) {
        return null;
      }
      RetryPolicy policy = policy(step.plan, row);
      Duration longest =
          Duration.between(step.firstFailureOr(row.at()), row.at()).plus(policy.maxDelay());
      return policy.allowsAnother(step.failuresInARow + 1, longest)
          ? saga + " gives up step " + row.step() + " early"
          : null;
    }
  }

  /** A deadline turns a saga back even while it waits for a retry. */
  static final class TurnsBackInTime implements Oracle.OfRecords {

    /** What the clock of the node that set the deadline may be wrong by, and a lease. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final World world;

    TurnsBackInTime(World world) {
      this.world = world;
    }

    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      if (!TurnCause.DEADLINE.name().equals(row.code()) || saga.blueprint.deadline().isEmpty()) {
        return null;
      }
      Instant latest = saga.startedAt.plus(saga.blueprint.deadline().get()).plus(PATIENCE);
      return world.nanos() > world.inOrderAfter().toNanos() && row.at().isAfter(latest)
          ? saga + " turns back at " + row.at() + ", long after its deadline"
          : null;
    }
  }

  /** An attempt waits for the time that the failure before it has set. */
  static final class NoAttemptBeforeItsTime implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      Instant due = call.step().retryAt;
      return due != null
              && call.place().hasSteadyClock()
              && call.place().clock().instant().isBefore(due)
          ? call + " begins before " + due
          : null;
    }
  }
}
