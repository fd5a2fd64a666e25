package io.sagaflow.testkit;

import io.sagaflow.SagaDefinition;
import java.util.ArrayList;
import java.util.List;

/** The runs that went wrong, by what went wrong first in them. */
final class Failures {

  private static final int MOST_SHOWN = 5;

  private final List<Failure> failures = new ArrayList<>();
  private int runs;

  /** Runs that went wrong in one way; the simplest of them is kept. */
  private static final class Failure {

    private final Finding finding;
    private int count;
    private FaultPlan plan;
    private RunTimeline timeline;
    private List<Finding> others;

    Failure(Finding finding, Trial trial, List<Finding> others) {
      this.finding = finding;
      this.plan = trial.plan;
      this.timeline = trial.timeline;
      this.others = others;
    }

    void add(Trial trial, List<Finding> more) {
      count++;
      boolean simpler =
          trial.plan.size() == plan.size()
              ? trial.timeline.size() < timeline.size()
              : trial.plan.size() < plan.size();
      if (simpler) {
        plan = trial.plan;
        timeline = trial.timeline;
        others = more;
      }
    }
  }

  boolean isEmpty() {
    return failures.isEmpty();
  }

  /** Takes in what is wrong with a run, if anything is. */
  void add(Trial trial, List<Finding> findings) {
    if (findings.isEmpty()) {
      return;
    }
    runs++;
    Finding first = findings.get(0);
    List<Finding> others = findings.stream().filter(each -> !each.isLike(first)).toList();
    Failure failure =
        failures.stream().filter(each -> each.finding.isLike(first)).findFirst().orElse(null);
    if (failure == null) {
      failure = new Failure(first, trial, others);
      failures.add(failure);
    }
    failure.add(trial, others);
  }

  String report(SagaDefinition<?> definition, int allRuns) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "Saga %s goes wrong in %d of %d runs, in %d %s.%n",
            definition, runs, allRuns, failures.size(), failures.size() == 1 ? "way" : "ways"));
    for (int i = 0; i < Math.min(failures.size(), MOST_SHOWN); i++) {
      append(text, i + 1, failures.get(i));
    }
    if (failures.size() > MOST_SHOWN) {
      text.append(String.format("%n... and %d more ways.%n", failures.size() - MOST_SHOWN));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, int number, Failure failure) {
    text.append(String.format("%n%d. %s%n", number, failure.finding.sentence()));
    for (Finding other : failure.others) {
      text.append(String.format("   And with it: %s%n", other.sentence()));
    }
    text.append(
        String.format(
            "   So it is in %d %s; the simplest is '%s':%n%n%s%n%n   To run it alone: .only(\"%s\")%n",
            failure.count,
            failure.count == 1 ? "run" : "runs",
            failure.plan,
            failure.timeline,
            failure.plan));
  }
}
