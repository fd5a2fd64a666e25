package io.sagaflow.testkit.simulation;

import io.sagaflow.StepKind;
import java.util.List;

/**
 * The participants' side: what calls change, by each participant's discipline. The barrier is that
 * of design.md, section 6: dtm's sub-transaction barrier and Seata's fence are its relatives.
 */
final class Effects {

  private final World world;
  private final List<Oracle.OfEffects> oracles = CallOracles.ofEffects();
  private int results;

  Effects(World world) {
    this.world = world;
  }

  /** Carries an action out, and returns its result. */
  Integer apply(Invocation call) throws Blueprints.Unreachable {
    try {
      return switch (call.step().plan.discipline()) {
        case BARRIER -> applyBehindBarrier(call);
        case TOLERANT -> applyOnce(call);
        case BARE -> {
          takeEffect(call);
          yield ++results;
        }
      };
    } finally {
      handled(call);
    }
  }

  private void handled(Invocation call) {
    StepBook step = call.step();
    world.witness().handled(call.saga().id, call.direction(), step.plan.name(), step.net);
  }

  /** Whether an action may be refused: not if it has been carried out. */
  boolean mayRefuse(Invocation call) {
    return call.step().net == 0 && !call.step().actionRow;
  }

  /**
   * Says whether an action was carried out. Who denies it sees to it that it won't be, unless it is
   * to be called again.
   */
  boolean isDone(StepBook step) {
    boolean done =
        switch (step.plan.discipline()) {
          case BARRIER -> step.actionRow && step.writtenByAction && !step.compensationRow;
          case TOLERANT, BARE -> step.net > 0;
        };
    step.actionRow |= !done && step.plan.kind() != StepKind.RETRIABLE;
    return done;
  }

  /** What an action that was carried out returned. */
  Integer resultOf(StepBook step) {
    return step.stored == null ? ++results : stored(step);
  }

  private Integer applyBehindBarrier(Invocation call) throws Blueprints.Unreachable {
    StepBook step = call.step();
    if (!step.actionRow) {
      step.actionRow = true;
      step.writtenByAction = true;
      takeEffect(call);
      step.stored = ++results;
    } else if (!step.writtenByAction || step.compensationRow) {
      throw new Blueprints.Unreachable("suppressed");
    } else {
      world.markers().hit(Marker.DUPLICATE_ANSWERED_BY_THE_BARRIER);
    }
    return stored(step);
  }

  private Integer applyOnce(Invocation call) {
    StepBook step = call.step();
    if (step.stored == null) {
      takeEffect(call);
      step.stored = ++results;
    }
    return stored(step);
  }

  private static Integer stored(StepBook step) {
    Integer stored = step.stored;
    if (stored == null) {
      throw new IllegalStateException("An action that was carried out has a result");
    }
    return stored;
  }

  private void takeEffect(Invocation call) {
    call.step().net++;
    world.trace().note(20, call.saga().number);
    if (world.trace().isTold()) {
      world.trace().tell("  effect of " + call);
    }
    for (Oracle.OfEffects oracle : oracles) {
      String wrong = oracle.check(call);
      if (wrong != null) {
        world.verdict().violated(oracle.name(), wrong);
      }
    }
  }

  /** In the moment of a commit, an action's transaction takes effect. */
  void commit(Invocation call) {
    takeEffect(call);
  }

  /** In the moment of a commit, a compensation's transaction does. */
  void commitUndo(Invocation call) {
    undoEffect(call);
  }

  /** Returns a result that no other action has. */
  int nextResult() {
    return ++results;
  }

  /** Carries a compensation out. */
  void undo(Invocation call) {
    switch (call.step().plan.discipline()) {
      case BARRIER -> undoBehindBarrier(call);
      case TOLERANT -> undoWhatIsThere(call);
      case BARE -> undoEffect(call);
    }
    handled(call);
  }

  private void undoBehindBarrier(Invocation call) {
    StepBook step = call.step();
    if (!step.actionRow) {
      step.actionRow = true; // a tombstone: the action is too late from now on
      world.markers().hit(Marker.EMPTY_COMPENSATION);
    }
    if (!step.compensationRow) {
      step.compensationRow = true;
      if (step.writtenByAction) {
        undoEffect(call);
      }
    }
  }

  private void undoWhatIsThere(Invocation call) {
    if (call.step().net > 0) {
      undoEffect(call);
    }
  }

  private void undoEffect(Invocation call) {
    call.step().net--;
    world.trace().note(21, call.saga().number);
    if (world.trace().isTold()) {
      world.trace().tell("  effect undone by " + call);
    }
  }

  /** A request arrives after its sender has given up waiting. */
  void arriveLate(Invocation call) {
    if (world.trace().isTold()) {
      world.trace().tell("  late arrives " + call);
    }
    if (call.step().actionRow && !call.step().writtenByAction) {
      world.markers().hit(Marker.LATE_ACTION_AFTER_ITS_COMPENSATION);
    }
    try {
      apply(call);
    } catch (Blueprints.Unreachable e) {
      // suppressed, and nobody waits for the answer
    }
  }
}
