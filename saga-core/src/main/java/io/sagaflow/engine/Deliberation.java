package io.sagaflow.engine;

import io.sagaflow.machine.Decision;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import java.time.Instant;
import java.util.Optional;

/**
 * What a saga does next, by what has come of its calls and what was asked of it. The machine
 * decides that; here it is asked, and told for what it has to wait: nothing may begin beside calls
 * that have to end first. Its actor's alone, and so for one at a time.
 */
final class Deliberation {

  private final Owner owner;
  private final SagaMachine machine;
  private final SagaCalls<?> calls;
  private final PendingCommands commands;

  Deliberation(Owner owner, SagaMachine machine, SagaCalls<?> calls, PendingCommands commands) {
    this.owner = owner;
    this.machine = machine;
    this.calls = calls;
    this.commands = commands;
  }

  /**
   * Adds to a batch what the ended calls and the commands mean, with everything that follows from
   * that at once.
   *
   * @return what is to be done if the batch has nothing to append
   */
  Decision decideIn(Batch batch, Instant now) {
    calls.judgeInto(batch);
    if (isFailing(batch.state())) {
      calls.withdraw("Another step has failed for good");
    }
    if (!calls.isInTransaction() && commands.lookIn(batch)) {
      calls.wakeAll();
    }
    if (!calls.isInTransaction()) {
      commands.answerIn(batch, calls.busySteps());
    }
    return mustWait(batch) ? new Decision.Wait(Optional.empty()) : follow(batch, now);
  }

  private boolean mustWait(Batch batch) {
    boolean inPart = calls.isInTransaction() && (calls.isMoreToJudge() || !commands.isEmpty());
    return inPart || calls.isDraining() || isTurning(batch.state());
  }

  private Decision follow(Batch batch, Instant now) {
    Decision decision = machine.decide(batch.state(), calls.underway(), now);
    while (decision instanceof Decision.Append append) {
      batch.add(append.fact());
      decision = machine.decide(batch.state(), calls.underway(), now);
    }
    return decision;
  }

  /** Whether calls run that are only waited for, since nothing may begin any more. */
  private boolean isFailing(SagaState state) {
    return !calls.isQuiet() && (calls.isDraining() || machine.hasFailed(state));
  }

  /** Whether calls run that have to end before the saga is turned back by a command. */
  private boolean isTurning(SagaState state) {
    return !calls.isQuiet() && commands.turnBack(state);
  }

  /** Whether the saga turns or gets stuck as soon as nothing runs: then no call is made again. */
  boolean isAboutToTurn(SagaState state) {
    return machine.isOverdue(state, owner.now())
        || machine.hasFailed(state)
        || commands.turnBack(state)
        || calls.isHolding();
  }

  /** Interrupts what has to end before the saga is turned. */
  void interruptIfTurning(SagaState state) {
    if (calls.isQuiet()) {
      return;
    }
    if (machine.isOverdue(state, owner.now())) {
      calls.interrupt("The saga's deadline passed");
    } else if (commands.turnBack(state)) {
      calls.interrupt("The saga is being cancelled");
    }
  }
}
