package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.database.SimulatedConnection;
import io.sagaflow.testkit.simulation.Blueprints.Aborted;
import io.sagaflow.testkit.simulation.Blueprints.Rejected;
import io.sagaflow.testkit.simulation.Blueprints.Unreachable;
import org.jspecify.annotations.Nullable;

/**
 * What the generated transactional actions and compensations do. No network lies between them and
 * their effects; but they take their time, fail, refuse, and take their process down, and how the
 * transaction ends isn't theirs to decide.
 */
final class TransactionalWork {

  private final World world;
  private final Participants participants;
  private final Effects effects;
  private final TransactionOracles.EffectsComeWithTheirRecords together =
      new TransactionOracles.EffectsComeWithTheirRecords();

  TransactionalWork(World world, Participants participants, Effects effects) {
    this.world = world;
    this.participants = participants;
    this.effects = effects;
  }

  @Nullable Integer act(SimulatedConnection connection, Invocation call) throws Exception {
    long at = Participants.occasion(call);
    participants.dawdle(call, FaultKind.SLOW_ACTION, at);
    if (participants.refuses(call, at)) {
      throw new Rejected();
    }
    fail(call, FaultKind.ACTION_FAILURE, at);
    connection.write(() -> done(call));
    afterTheWrite(call, at);
    connection.onRollback(() -> inVain(call));
    boolean hasResult = call.step().plan.hasResult();
    if (hasResult && world.faults().strikes(FaultKind.UNWRITABLE_RESULT, at)) {
      return SimulatedCodec.UNWRITABLE;
    }
    return hasResult ? effects.nextResult() : null;
  }

  private void afterTheWrite(Invocation call, long at) throws Exception {
    if (world.faults().strikes(FaultKind.CRASH_IN_ACTION, at)) {
      participants.die(call);
    }
    participants.dawdle(call, FaultKind.SLOW_ACTION, at + 1);
    participants.leak(call, at);
    participants.hang(at);
    participants.succeedAtTheLastMoment(call, at);
    fail(call, FaultKind.ANSWER_LOST, at);
    if (world.faults().strikes(FaultKind.ACTION_ABORT, at)) {
      throw new Aborted();
    }
  }

  void undo(SimulatedConnection connection, Invocation call) throws Exception {
    long at = Participants.occasion(call);
    if (participants.failsToUndo(call, at)) {
      throw new Unreachable("a statement of the compensation of " + call.step().plan + " failed");
    }
    connection.write(() -> undone(call));
    if (world.faults().strikes(FaultKind.CRASH_IN_COMPENSATION, at)) {
      participants.die(call);
    }
    participants.dawdle(call, FaultKind.SLOW_COMPENSATION, at);
    participants.leak(call, at);
    fail(call, FaultKind.ANSWER_LOST, at);
    connection.onRollback(() -> inVain(call));
  }

  private void fail(Invocation call, FaultKind kind, long at) throws Unreachable {
    if (world.faults().strikes(kind, at)) {
      throw new Unreachable("a statement of " + call.step().plan.name() + " failed");
    }
  }

  /** A call that has succeeded turns out to have failed. */
  private void inVain(Invocation call) {
    call.step().failedActions += call.isAction() ? 1 : 0;
    call.step().failedCompensations += call.isAction() ? 0 : 1;
    world.markers().hit(Marker.TRANSACTION_ROLLED_BACK_AFTER_ITS_CALL);
  }

  private void done(Invocation call) {
    if (call.place().life() != call.life()) {
      world.markers().hit(Marker.TRANSACTION_COMMITTED_AFTER_A_DEATH);
    }
    effects.commit(call);
    watch(call);
  }

  private void undone(Invocation call) {
    effects.commitUndo(call);
    world.markers().hit(Marker.TRANSACTION_UNDONE);
    watch(call);
  }

  /** The record comes in the same moment, or never. */
  private void watch(Invocation call) {
    world
        .loop()
        .execute(
            null,
            () -> {
              String wrong = together.check(call.saga());
              if (wrong != null) {
                world.verdict().violated(together.name(), wrong);
              }
            });
  }
}
