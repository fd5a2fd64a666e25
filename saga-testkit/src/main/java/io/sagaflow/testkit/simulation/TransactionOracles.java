package io.sagaflow.testkit.simulation;

import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.testkit.simulation.StepBook.Journaled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must hold of transactional steps, whose effects lie in the journal's database. */
final class TransactionOracles {

  private TransactionOracles() {}

  static List<Oracle.OfRecords> ofRecords() {
    return List.of(new TransactionsAreNeverUnknown());
  }

  static List<Oracle.OfCalls> ofCalls() {
    return List.of(new NoCompensationWithoutARecord());
  }

  /**
   * At any time a step's effect is there exactly once if the record of its success is, and not at
   * all otherwise, unless an operator has told something else. A compensation outside of the
   * database takes it away before its own record.
   */
  static final class EffectsComeWithTheirRecords implements Oracle.OfEnds {
    @Override
    public @Nullable String check(SagaBook saga) {
      for (StepBook step : saga.steps) {
        if (step.plan.isTransactional() && !step.told && !isRight(saga, step)) {
          return step.plan.name() + " of " + saga + " is " + step.journaled + ": " + step.net;
        }
      }
      return null;
    }

    private static boolean isRight(SagaBook saga, StepBook step) {
      boolean done = step.journaled == Journaled.COMPLETED;
      boolean beingUndone = done && saga.turned && !step.plan.isUndoneInTransaction();
      return step.net == (done ? 1 : 0) || (beingUndone && step.net == 0);
    }
  }

  /** It is always known whether a transaction was committed. */
  static final class TransactionsAreNeverUnknown implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      boolean unknown = row.kind().equals("STEP_UNKNOWN");
      return unknown && saga.step(RecordOracles.stepOf(row)).plan.isTransactional()
          ? "the outcome of transactional step " + row.step() + " of " + saga + " is unknown"
          : null;
    }
  }

  /** What has no record of success had no effect, so there is nothing to compensate. */
  static final class NoCompensationWithoutARecord implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      StepBook step = call.step();
      boolean recorded = step.journaled == Journaled.COMPLETED;
      return step.plan.isTransactional() && !call.isAction() && !recorded
          ? call + " begins, and its step is " + step.journaled
          : null;
    }
  }
}
