package io.sagaflow.machine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The participants of one simulated saga, who know better than its journal. Each is idempotent, as
 * it sees one key for an action however often it is called, and tolerates a compensation of what
 * never took effect. Mutable.
 */
final class World {

  /**
   * What happened to one step.
   *
   * @param called whether its action was called
   * @param inEffect whether its action's effect is there
   * @param doubtful whether a call may have had an effect that the coordinator wasn't told of
   * @param compensated whether its compensation was called
   */
  record Trace(boolean called, boolean inEffect, boolean doubtful, boolean compensated) {

    private static final Trace NONE = new Trace(false, false, false, false);

    /** Whether its action was called, and all that came of it was a refusal. */
    boolean isSurelyRejected() {
      return called && !inEffect && !doubtful && !compensated;
    }
  }

  private final List<Trace> traces;

  World(int steps) {
    this.traces = new ArrayList<>(Collections.nCopies(steps, Trace.NONE));
  }

  private World(World other) {
    this.traces = new ArrayList<>(other.traces);
  }

  World copy() {
    return new World(this);
  }

  Trace trace(int step) {
    return traces.get(step);
  }

  List<Trace> traces() {
    return List.copyOf(traces);
  }

  /** A call begins and ends. */
  void call(Call call, Event event) {
    begin(call);
    end(call, event);
  }

  void begin(Call call) {
    Trace trace = traces.get(call.step());
    switch (call.direction()) {
      case CONDITION, PROBE -> {}
      case ACTION ->
          traces.set(
              call.step(), new Trace(true, trace.inEffect, trace.doubtful, trace.compensated));
      case COMPENSATION ->
          traces.set(call.step(), new Trace(trace.called, trace.inEffect, trace.doubtful, true));
    }
  }

  void end(Call call, Event event) {
    switch (call.direction()) {
      case CONDITION, PROBE -> {}
      case ACTION -> act(call.step(), event);
      case COMPENSATION -> compensate(call.step(), event.isTakingEffect());
    }
  }

  /** The coordinator loses its memory of what it may have called. */
  void doubt(int step) {
    Trace trace = traces.get(step);
    traces.set(step, new Trace(trace.called, trace.inEffect, true, trace.compensated));
  }

  /** An operator has seen to it that a step's effect is there, or isn't and won't be. */
  void settle(int step, boolean inEffect) {
    Trace trace = traces.get(step);
    traces.set(step, new Trace(trace.called, inEffect, false, trace.compensated));
  }

  /** An operator has undone a step by hand. */
  void undo(int step) {
    Trace trace = traces.get(step);
    traces.set(step, new Trace(trace.called, false, trace.doubtful, true));
  }

  /**
   * An operator has seen to it that no compensation stands in the way of a second call. Which steps
   * are called a second time only the coordinator knows.
   */
  void forward() {
    traces.replaceAll(trace -> new Trace(trace.inEffect, trace.inEffect, true, false));
  }

  private void act(int step, Event event) {
    Trace trace = traces.get(step);
    boolean told = event == Event.SUCCEED || event == Event.REJECT;
    traces.set(
        step,
        new Trace(
            true,
            trace.inEffect || event.isTakingEffect(),
            trace.doubtful || !told,
            trace.compensated));
  }

  private void compensate(int step, boolean takingEffect) {
    Trace trace = traces.get(step);
    traces.set(
        step, new Trace(trace.called, trace.inEffect && !takingEffect, trace.doubtful, true));
  }
}
