package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaStatus;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.RecordCodec;
import io.sagaflow.store.StoredSaga;
import io.sagaflow.testkit.database.SimulatedDatabase;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must hold of every saga when all is over. */
final class EndOracles {

  private EndOracles() {}

  static List<Oracle.OfEnds> all(SimulatedDatabase database) {
    return List.of(
        new EverySagaEnds(),
        new CompletedMeansDone(),
        new CompensatedMeansUndone(),
        new NothingIsLost(database));
  }

  /** After the last fault every saga ends within a bounded time. */
  static final class EverySagaEnds implements Oracle.OfEnds {
    @Override
    public @Nullable String check(SagaBook saga) {
      return saga.ended ? null : saga + " is " + saga.status + " long after the last fault";
    }
  }

  /** COMPLETED: every step's net effect is applied exactly once, unless it was skipped. */
  static final class CompletedMeansDone implements Oracle.OfEnds {
    @Override
    public @Nullable String check(SagaBook saga) {
      if (saga.status != SagaStatus.COMPLETED) {
        return null;
      }
      for (StepBook step : saga.steps) {
        int due = step.journaled == StepBook.Journaled.SKIPPED ? 0 : 1;
        if (step.isCounted() && step.net != due) {
          return saga + " is COMPLETED, and step " + step.plan.name() + " applied " + step.net;
        }
      }
      return null;
    }
  }

  /** COMPENSATED: the net effect of every step is zero. */
  static final class CompensatedMeansUndone implements Oracle.OfEnds {
    @Override
    public @Nullable String check(SagaBook saga) {
      if (saga.status != SagaStatus.COMPENSATED) {
        return null;
      }
      for (StepBook step : saga.steps) {
        if (step.isCounted() && step.net != 0) {
          return saga + " is COMPENSATED, and step " + step.plan.name() + " applied " + step.net;
        }
      }
      return null;
    }
  }

  /** What has ended is there until it is purged, and its journal tells how it ended. */
  static final class NothingIsLost implements Oracle.OfEnds {

    private final SimulatedDatabase database;
    private final ReplayGivesTheStatus replay = new ReplayGivesTheStatus();

    NothingIsLost(SimulatedDatabase database) {
      this.database = database;
    }

    @Override
    public @Nullable String check(SagaBook saga) {
      StoredSaga stored = database.load(saga.id).orElse(null);
      if (stored == null) {
        return saga.purged ? null : saga + " is lost";
      }
      return replay.check(saga, stored);
    }
  }

  /** Replaying the journal gives the stored status, at the latest when the saga is purged. */
  static final class ReplayGivesTheStatus {

    private final IdentityHashMap<Blueprint, SagaMachine> machines = new IdentityHashMap<>();

    String name() {
      return getClass().getSimpleName();
    }

    @Nullable String check(SagaBook saga, StoredSaga stored) {
      SagaMachine machine = machines.computeIfAbsent(saga.blueprint, Blueprint::machine);
      try {
        SagaState state = machine.replay(RecordCodec.readAll(saga.id, stored.journal()));
        return state.status() == stored.status()
            ? null
            : saga + " is " + stored.status() + ", and " + state.status() + " by its journal";
      } catch (RuntimeException e) {
        return "the journal of " + saga + " can't be replayed: " + e.getMessage();
      }
    }
  }
}
