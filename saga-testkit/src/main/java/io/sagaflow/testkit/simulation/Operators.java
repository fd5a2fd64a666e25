package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaException;
import io.sagaflow.SagaOperator;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operators who say what came of steps, or force sagas forward: at any time of any saga, rightly or
 * wrongly, and of sagas that are stuck. Each wish has a name of its own, by which the journal must
 * know it.
 */
final class Operators {

  private enum About {
    WHEN,
    VERB,
    STEP,
    AT_ITS_TURN,
    HELPS
  }

  private static final int VALUES = 200_000_000;
  private static final CommandKind[] VERBS = {
    CommandKind.MARK_DONE,
    CommandKind.MARK_NOT_DONE,
    CommandKind.SKIP_COMPENSATION,
    CommandKind.FORCE_FORWARD
  };

  private final World world;
  private final Map<String, Verb> verbs = new HashMap<>();

  Operators(World world) {
    this.world = world;
  }

  /**
   * What somebody has asked for.
   *
   * @param by a name that nobody else has
   * @param kind what for
   * @param saga of which saga
   * @param step of which step; null if it is about the whole saga
   * @param value the result that is told, or null
   */
  record Verb(
      String by,
      CommandKind kind,
      SagaBook saga,
      @Nullable StepBook step,
      @Nullable Integer value) {

    /** The name of its step, or null. */
    @Nullable String stepName() {
      return step == null ? null : step.plan.name();
    }

    String reason() {
      return by + " knows";
    }
  }

  /** The wish of a name, or null. */
  @Nullable Verb find(@Nullable String by) {
    return verbs.get(by);
  }

  /** Plans what is asked of a saga. */
  void plan(SagaBook saga) {
    long at = Dice.occasion(saga.number, 0, 3, 0);
    if (world.witness() == Witness.NOBODY && world.faults().strikes(FaultKind.OPERATOR_VERB, at)) {
      world.later(world.dice().below(3_000, About.WHEN, at), () -> ask(saga, chosen(saga, at), at));
    }
  }

  /** Helps a stuck saga, before it is sent on. */
  void help(SagaBook saga) {
    long at = Dice.occasion(saga.number, (int) saga.seq, 4, 0);
    boolean helps =
        world.witness() == Witness.NOBODY
            && world.faults().isEnabled(FaultKind.OPERATOR_VERB)
            && saga.leakingCalls == 0
            && world.dice().unit(About.HELPS, at) < 0.5;
    if (helps && saga.status == SagaStatus.STUCK) {
      boolean done = world.dice().below(2, About.VERB, at) == 0;
      CommandKind forward = done ? CommandKind.MARK_DONE : CommandKind.MARK_NOT_DONE;
      ask(saga, saga.turned ? CommandKind.SKIP_COMPENSATION : forward, at);
    }
  }

  /** Somebody wants a saga to go forward all the same that has got stuck on its way back. */
  void gotStuck(SagaBook saga) {
    long at = Dice.occasion(saga.number, (int) saga.seq, 5, 0);
    if (saga.turned && world.faults().strikes(FaultKind.FORCE_FORWARD_COMMAND, at)) {
      int when = world.dice().below(2_000, About.WHEN, at);
      world.later(when, () -> ask(saga, CommandKind.FORCE_FORWARD, at));
    }
  }

  private CommandKind chosen(SagaBook saga, long at) {
    boolean fitting = world.dice().unit(About.AT_ITS_TURN, at) < 0.5;
    return fitting && saga.turned
        ? CommandKind.SKIP_COMPENSATION
        : VERBS[world.dice().below(VERBS.length, About.VERB, at)];
  }

  private void ask(SagaBook saga, CommandKind kind, long at) {
    SagaCoordinator coordinator = world.workload().anyReachable(at + 9);
    if (coordinator == null || saga.ended) {
      return;
    }
    StepBook step = kind == CommandKind.FORCE_FORWARD ? null : step(saga, kind, at);
    Integer value = null;
    if (kind == CommandKind.MARK_DONE && step != null) {
      if (step.plan.child().isPresent() && step.child == null) {
        return; // there would be no child to undo if the saga turned back
      }
      value = step.plan.isReadable() ? Integer.valueOf(VALUES + verbs.size()) : null;
    }
    Verb verb = new Verb("operator-" + verbs.size(), kind, saga, step, value);
    verbs.put(verb.by(), verb);
    try {
      give(verb, coordinator.operator(verb.by(), verb.reason()));
    } catch (SagaException e) {
      // nobody promised anything
    }
  }

  /** One whose turn it is, mostly. */
  private StepBook step(SagaBook saga, CommandKind kind, long at) {
    List<StepBook> turn =
        saga.steps.stream()
            .filter(
                step ->
                    kind == CommandKind.SKIP_COMPENSATION
                        ? VerbOracles.isCompensatedNext(saga, step)
                        : saga.isTurn(step))
            .toList();
    boolean any = turn.isEmpty() || world.dice().unit(About.AT_ITS_TURN, at + 1) < 0.2;
    List<StepBook> choice = any ? saga.steps : turn;
    return choice.get(world.dice().below(choice.size(), About.STEP, at));
  }

  private static void give(Verb verb, SagaOperator operator) {
    StepBook about = verb.step();
    if (about == null) {
      operator.forceForward(verb.saga().id);
      return;
    }
    String step = about.plan.name();
    switch (verb.kind()) {
      case MARK_DONE -> {
        if (verb.value() == null) {
          operator.markDone(verb.saga().id, step);
        } else {
          operator.markDone(verb.saga().id, about.plan.key(), verb.value());
        }
      }
      case MARK_NOT_DONE -> operator.markNotDone(verb.saga().id, step);
      case SKIP_COMPENSATION -> operator.skipCompensation(verb.saga().id, step);
      default -> throw new IllegalArgumentException(verb.kind() + " isn't about a step");
    }
  }
}
