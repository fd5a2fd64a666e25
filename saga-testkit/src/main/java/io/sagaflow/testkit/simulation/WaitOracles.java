package io.sagaflow.testkit.simulation;

import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of steps that wait, for time or for a signal. They rely on the committed rows, on
 * what senders have sent, and on the virtual time.
 */
final class WaitOracles {

  /** What a step may end late by in a world in order: a claim, an operator's retry. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private WaitOracles() {}

  static List<Oracle.OfRecords> ofRecords(World world) {
    return List.of(
        new WaitsForItsTime(),
        new WaitsNoLonger(world),
        new WaitsForItsSignal(),
        new NoTimeoutDespiteASignal(world),
        new SignalsCountOnce());
  }

  private static boolean ends(StepBook step, StoredRecord row) {
    boolean end = row.kind().equals("STEP_COMPLETED") || row.kind().equals("STEP_REJECTED");
    return end && step.plan.isWait();
  }

  private static @Nullable StepBook waitEndedBy(SagaBook saga, StoredRecord row) {
    StepBook step = row.step() == null ? null : saga.step(RecordOracles.stepOf(row));
    return step != null && ends(step, row) ? step : null;
  }

  /** When a step's time is up, by the journal; null if it has none or hasn't begun. */
  private static @Nullable Instant due(StepBook step) {
    Instant since = step.turnAt;
    return since == null
        ? null
        : step.plan.pause().flatMap(pause -> pause.time()).map(since::plus).orElse(null);
  }

  /** A sleep never ends before its time, and nobody gives up waiting for a signal before that. */
  static final class WaitsForItsTime implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      StepBook step = waitEndedBy(saga, row);
      if (step == null || (step.plan.isSignal() && row.kind().equals("STEP_COMPLETED"))) {
        return null;
      }
      Instant due = due(step);
      return due == null || row.at().isBefore(due)
          ? row.kind() + " of " + row.step() + " of " + saga + " at " + row.at() + ", due " + due
          : null;
    }
  }

  /** In a world in order a wait whose time is up ends soon, whoever has the saga. */
  static final class WaitsNoLonger implements Oracle.OfRecords {

    private final World world;

    WaitsNoLonger(World world) {
      this.world = world;
    }

    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      StepBook step = waitEndedBy(saga, row);
      Instant due = step == null ? null : due(step);
      if (due == null) {
        return null;
      }
      Instant inOrder = world.loop().now().minusNanos(world.nanos()).plus(world.inOrderAfter());
      Instant latest = (due.isAfter(inOrder) ? due : inOrder).plus(PATIENCE);
      return row.at().isAfter(latest)
          ? row.step() + " of " + saga + " waits until " + row.at() + ", due " + due
          : null;
    }
  }

  /** A step that waits for a signal completes with the one that came. */
  static final class WaitsForItsSignal implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      StepBook step = waitEndedBy(saga, row);
      if (step == null || !step.plan.isSignal() || row.kind().equals("STEP_REJECTED")) {
        return null;
      }
      return !step.signal.hasCome() || step.turnAt == null
          ? row.step() + " of " + saga + " completes without its signal"
          : null;
    }
  }

  /** What has come in time is never missed: neither in the journal nor, for long, in the inbox. */
  static final class NoTimeoutDespiteASignal implements Oracle.OfRecords {

    private final World world;

    NoTimeoutDespiteASignal(World world) {
      this.world = world;
    }

    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      StepBook step = waitEndedBy(saga, row);
      if (step == null || !step.plan.isSignal() || row.kind().equals("STEP_COMPLETED")) {
        return null;
      }
      boolean missed = step.signal.posted.values().stream().anyMatch(this::isLongAgo);
      return step.signal.hasCome() || missed
          ? row.step() + " of " + saga + " timed out although its signal has come"
          : null;
    }

    private boolean isLongAgo(long posted) {
      long since = Math.max(posted, world.inOrderAfter().toNanos());
      return world.nanos() - since > PATIENCE.toNanos();
    }
  }

  /** Of each signal of a saga one counts, the first that is taken, as its sender sent it. */
  static final class SignalsCountOnce implements Oracle.OfRecords {
    @Override
    public @Nullable String check(SagaBook saga, StoredRecord row, NodeId writer) {
      if (!row.kind().equals("SIGNAL_RECEIVED")) {
        return null;
      }
      StepBook step = saga.step(RecordOracles.stepOf(row));
      Integer sent = step.signal.sent.get(String.valueOf(row.code()));
      boolean first = step.plan.isSignal() && !step.signal.hasCome() && !step.isDone();
      return first && sent != null && sent.equals(saga.numberIn(row))
          ? null
          : row.code()
              + " counts for "
              + row.step()
              + " of "
              + saga
              + ", which has "
              + step.signal.id();
    }
  }
}
