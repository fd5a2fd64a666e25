package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.simulation.StepBook.Journaled;
import java.util.ArrayList;
import java.util.List;

/**
 * What is gone through once more when a saga that had turned back is forced forward, as the oracles
 * see it: what isn't surely as it was, and what stood on that.
 */
final class SecondTries {

  private SecondTries() {}

  /** Whether it is possible: nothing is undone yet, and nothing is done twice or half undone. */
  static boolean arePossible(SagaBook saga) {
    return saga.steps.stream().noneMatch(step -> step.journaled == Journaled.COMPENSATED)
        && of(saga).stream().allMatch(SecondTries::isPossible);
  }

  private static boolean isPossible(StepBook step) {
    boolean done = step.journaled == Journaled.COMPLETED || step.journaled == Journaled.UNKNOWN;
    boolean once = step.plan.atMostOnce() && step.journaled != Journaled.SKIPPED;
    boolean standsOrFalls = step.plan.isTransactional() || step.plan.child().isPresent();
    return !once && !(done && standsOrFalls);
  }

  private static List<StepBook> of(SagaBook saga) {
    List<StepBook> again = new ArrayList<>();
    for (StepBook step : saga.steps) {
      boolean behind = step.plan.after().stream().map(saga.steps::get).anyMatch(again::contains);
      boolean repeated =
          switch (step.journaled) {
            case REJECTED, UNKNOWN -> true;
            case COMPLETED -> behind || VerbOracles.isCompensatedNext(saga, step);
            case SKIPPED -> behind;
            case NOTHING, STARTED, COMPENSATED -> false;
          };
      if (repeated) {
        again.add(step);
      }
    }
    return again;
  }

  /** The saga goes forward, and has no deadline any more. */
  static void begin(SagaBook saga) {
    of(saga).forEach(SecondTries::begin);
    saga.turned = false;
    saga.forced = true;
  }

  /**
   * Where a step begins anew. Whoever calls an action again whose compensation was called, too,
   * answers for what its participant makes of that, unless a barrier stands there.
   */
  private static void begin(StepBook step) {
    boolean neverBegan =
        step.journaled == Journaled.REJECTED || step.journaled == Journaled.SKIPPED;
    step.told |= step.compensationCalls > 0 && step.plan.discipline() != Discipline.BARRIER;
    step.rejectedActions = neverBegan ? step.actionCalls : step.rejectedActions;
    step.journaled = neverBegan ? Journaled.NOTHING : Journaled.STARTED;
    step.result = null;
    step.turnAt = null;
    step.saidDone = false;
    step.saidNotDone = false;
  }
}
