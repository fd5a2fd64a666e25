package io.sagaflow.testkit;

import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.testkit.ExplorerOptions.Bounds;
import io.sagaflow.testkit.TrialRunner.Result;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a saga with every fault, and keeps count. */
final class Expedition<I> {

  private final ExplorerOptions<I> options;
  private final Bounds bounds;
  private final TrialRunner<I> runner;
  private final Failures failures = new Failures();
  private final Map<FaultKind, Integer> runsByFault = new EnumMap<>(FaultKind.class);
  private final Map<SagaStatus, Integer> ends = new EnumMap<>(SagaStatus.class);
  private Judgement judgement;
  private int runs;
  private int pairs;
  private int pairsLeftOut;

  Expedition(ExplorerOptions<I> options) {
    this.options = options;
    this.bounds = options.bounds();
    this.runner = new TrialRunner<>(options);
    this.judgement = new Judgement(options.definition(), Optional.empty(), bounds.mayBeStuck());
  }

  /**
   * Runs all.
   *
   * @throws AssertionError if something is wrong
   */
  Exploration explore() {
    List<CrashPoint> crashPoints = exploreUndisturbed();
    if (failures.isEmpty()) { // otherwise faults would only hide what is wrong without them
      exploreFaults();
      exploreCrashes(crashPoints);
    }
    String only = bounds.only();
    if (only != null && runs == 0) {
      throw new IllegalArgumentException(
          "There is no run '" + only + "' of saga " + options.definition());
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.report(options.definition(), runs));
    }
    int points = wants(FaultKind.CRASH) ? crashPoints.size() : 0;
    return new Exploration(runs, runsByFault, points, pairs, pairsLeftOut, ends);
  }

  private List<CrashPoint> exploreUndisturbed() {
    Result result = runner.run(FaultPlan.NONE);
    Optional<Balance> usual =
        result.end().is(SagaStatus.COMPLETED)
            ? Optional.of(Balance.of(result.end().entries()))
            : Optional.empty();
    judgement = new Judgement(options.definition(), usual, bounds.mayBeStuck());
    judge(result);
    return result.points();
  }

  /** Each fault of a call alone, and then with a crash at each point of that run. */
  private void exploreFaults() {
    for (FaultPlan plan : new FaultPlans(bounds.without()).of(options.definition())) {
      Result result = runner.run(plan);
      judge(result);
      if (wants(FaultKind.CRASH)) {
        result.points().forEach(point -> runLast(plan.with(point)));
      }
    }
  }

  /** A crash at each point, resumed here and elsewhere, and then a second one after it. */
  private void exploreCrashes(List<CrashPoint> points) {
    if (!wants(FaultKind.CRASH)) {
      return;
    }
    List<FaultPlan> twice = new ArrayList<>();
    for (CrashPoint point : points) {
      FaultPlan once = FaultPlan.NONE.with(point);
      runLast(once.resumedElsewhere());
      Result result = runner.run(once);
      judge(result);
      result.points().forEach(second -> twice.add(once.with(second)));
    }
    List<FaultPlan> chosen = spread(twice, bounds.pairs());
    pairs = chosen.size();
    pairsLeftOut = twice.size() - pairs;
    chosen.forEach(this::runLast);
  }

  /** As many of them as are wanted, evenly spread. */
  private static List<FaultPlan> spread(List<FaultPlan> plans, int most) {
    if (plans.size() <= most) {
      return plans;
    }
    List<FaultPlan> chosen = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      chosen.add(plans.get((int) ((long) i * plans.size() / most)));
    }
    return chosen;
  }

  /** A run from which nothing follows for others. */
  private void runLast(FaultPlan plan) {
    if (isAskedFor(plan)) {
      judge(runner.run(plan));
    }
  }

  private boolean wants(FaultKind kind) {
    return !bounds.without().contains(kind);
  }

  private boolean isAskedFor(FaultPlan plan) {
    return bounds.only() == null || plan.toString().equals(bounds.only());
  }

  private void judge(Result result) {
    FaultPlan plan = result.trial().plan;
    if (!isAskedFor(plan)) {
      return;
    }
    runs++;
    plan.kinds().forEach(kind -> runsByFault.merge(kind, 1, Integer::sum));
    Optional<SagaOutcome> outcome = result.end().outcome();
    outcome.ifPresent(end -> ends.merge(end.status(), 1, Integer::sum));
    List<Finding> findings = new ArrayList<>(judgement.of(result.trial(), result.end()));
    outcome.ifPresent(
        end -> options.invariants().forEach(each -> each.violation(end).ifPresent(findings::add)));
    failures.add(result.trial(), findings);
  }
}
