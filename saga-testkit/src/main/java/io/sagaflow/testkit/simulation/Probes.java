package io.sagaflow.testkit.simulation;

import io.sagaflow.ActionContext;
import io.sagaflow.Probe;
import io.sagaflow.StepKind;
import io.sagaflow.testkit.simulation.Blueprints.Unreachable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The participants' status queries. What they say is so and stays so: who denies an action leaves a
 * row behind that stops it when it arrives late.
 */
final class Probes {

  private final World world;
  private final Effects effects;

  Probes(World world, Effects effects) {
    this.world = world;
    this.effects = effects;
  }

  Probe<Integer> ask(StepPlan plan, ActionContext<Integer> context) throws Unreachable {
    SagaBook saga = world.books().find(context.sagaId());
    if (saga == null) {
      throw new IllegalStateException("A probe of a saga that was never started");
    }
    StepBook step = saga.steps.get(plan.index());
    long at = Dice.occasion(saga.number, plan.index(), 3, step.probes++);
    Place place = world.placeOfCaller();
    if (strikes(FaultKind.CRASH_IN_PROBE, at)) {
      place.crash();
      throw new Unreachable("the process died");
    }
    String wrong = check(saga, step, context, place);
    if (wrong != null) {
      world.verdict().violated("ProbesAskWhatIsUnknown", "probe " + step.probes + wrong);
    }
    mark(step);
    return answer(step, at);
  }

  private Probe<Integer> answer(StepBook step, long at) throws Unreachable {
    if (strikes(FaultKind.PROBE_FAILURE, at)) {
      step.failedProbes++;
      throw new Unreachable("connection reset");
    }
    if (strikes(FaultKind.PROBE_CANNOT_SAY, at)) {
      step.failedProbes++;
      return Probe.stillUnknown();
    }
    if (effects.isDone(step)) {
      step.saidDone = true;
      world.markers().hit(Marker.PROBE_SAID_DONE);
      return step.plan.hasResult() ? Probe.done(effects.resultOf(step)) : Probe.done();
    }
    step.saidNotDone = true;
    world.markers().hit(Marker.PROBE_SAID_NOT_DONE);
    return Probe.notDone();
  }

  /** Only the owner asks, in its turn and time, what the journal doesn't know. */
  private static @Nullable String check(
      SagaBook saga, StepBook step, ActionContext<Integer> context, Place place) {
    String what = " of " + step.plan.name() + " of " + saga;
    if (!place.isNode(saga.owner)) {
      return what + " is asked by " + place + ", which doesn't own the saga";
    }
    if (!step.isBeingProbed() || saga.turned || !saga.isTurn(step)) {
      return what + " is asked, and the journal says " + step.journaled;
    }
    String key = context.idempotencyKey();
    if (step.actionKey != null && !step.actionKey.equals(key)) {
      return what + " has key " + key + ", and its action " + step.actionKey;
    }
    Instant due = step.retryAt;
    boolean early = due != null && place.clock().instant().isBefore(due);
    if (early && place.hasSteadyClock()) {
      return what + " is asked before " + due;
    }
    return context.attempt() == step.failuresInARow + 1
        ? null
        : what + " is attempt " + context.attempt() + " after " + step.failuresInARow;
  }

  private void mark(StepBook step) {
    if (step.plan.kind() == StepKind.PIVOT) {
      world.markers().hit(Marker.PIVOT_PROBED);
    }
  }

  private boolean strikes(FaultKind kind, long at) {
    return world.faults().strikes(kind, at);
  }
}
