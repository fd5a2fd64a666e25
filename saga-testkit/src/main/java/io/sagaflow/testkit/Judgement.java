package io.sagaflow.testkit;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepDefinition;
import io.sagaflow.testkit.Balance.Subject;
import io.sagaflow.testkit.Trial.Called;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what is wrong with a run, by what must hold of every saga. */
final class Judgement {

  private final SagaDefinition<?> definition;
  private final Optional<Balance> undisturbed;
  private final boolean mayBeStuck;

  /**
   * Takes what to measure by.
   *
   * @param undisturbed what the saga leaves behind when it completes without a fault, if it does
   */
  Judgement(SagaDefinition<?> definition, Optional<Balance> undisturbed, boolean mayBeStuck) {
    this.definition = definition;
    this.undisturbed = undisturbed;
    this.mayBeStuck = mayBeStuck;
  }

  /** Everything that is wrong; what usually leads to the rest comes first. */
  List<Finding> of(Trial trial, EndState end) {
    List<Finding> findings = new ArrayList<>(keys(end));
    Anomaly.in(end.entries()).stream().map(Judgement::finding).forEach(findings::add);
    findings.addAll(ending(trial, end));
    findings.addAll(effects(trial, end));
    findings.addAll(calls(trial));
    return findings;
  }

  private static Finding finding(Anomaly anomaly) {
    String about = anomaly.entry().step().orElse(anomaly.entry().effect());
    return new Finding(anomaly.kind(), about, anomaly.sentence());
  }

  private List<Finding> keys(EndState end) {
    List<Finding> findings = new ArrayList<>();
    Balance balance = Balance.of(end.entries());
    for (Subject subject : balance.keys().keySet()) {
      int usual = undisturbed.map(usually -> usually.keys(subject)).filter(n -> n > 0).orElse(1);
      if (subject.step().isPresent() && balance.keys(subject) > usual) {
        String step = subject.step().get();
        findings.add(
            new Finding(
                FindingKind.APPLIED_UNDER_TWO_KEYS,
                step,
                "Step "
                    + step
                    + " took effect under "
                    + balance.keys(subject)
                    + " different keys (effect "
                    + subject.effect()
                    + "): its action makes up a new key for each attempt, so that the participant"
                    + " takes a repeated call for a new one. Pass on ctx.idempotencyKey(), which is"
                    + " the same for all attempts."));
      }
    }
    return findings;
  }

  private List<Finding> ending(Trial trial, EndState end) {
    if (end.outcome().isEmpty()) {
      return List.of(
          new Finding(
              FindingKind.NOT_ENDED,
              "saga",
              "The saga doesn't end, although nothing disturbs it any more. "
                  + "Does a call succeed never, or take longer than its timeout each time?"));
    }
    if (!end.is(SagaStatus.STUCK) || mayBeStuck) {
      return List.of();
    }
    String step = end.stuckOn().orElse("saga");
    return List.of(new Finding(FindingKind.STUCK, step, stuck(trial, end, step)));
  }

  private static String stuck(Trial trial, EndState end, String step) {
    String reason = end.reason().orElse("for no reason that is known");
    if (trial.hasMissedResult(step)) {
      return "The saga is STUCK: the compensation of step "
          + step
          + " needs the result of its action, which isn't known here, and fails. A compensation also"
          + " runs where its action's outcome is unknown, and then ctx.ownResult() is empty; what"
          + " names the effect to undo even then is ctx.actionKey(). ("
          + reason
          + ")";
    }
    return "The saga is STUCK and waits for an operator. " + reason;
  }

  private List<Finding> effects(Trial trial, EndState end) {
    List<Finding> findings = new ArrayList<>();
    Balance balance = Balance.of(end.entries());
    if (end.is(SagaStatus.COMPENSATED)) {
      balance.standing().keySet().stream()
          .filter(subject -> balance.standing(subject) > 0 && isToBeCompensated(subject))
          .forEach(subject -> findings.add(leftApplied(subject, trial, end)));
    }
    if (end.is(SagaStatus.COMPLETED) && undisturbed.isPresent()) {
      findings.addAll(difference(balance, undisturbed.get()));
    }
    return findings;
  }

  private static List<Finding> difference(Balance balance, Balance usual) {
    List<Finding> findings = new ArrayList<>();
    balance.standing().keySet().stream()
        .filter(subject -> balance.standing(subject) > usual.standing(subject))
        .forEach(subject -> findings.add(tooOften(subject, balance.standing(subject))));
    usual.standing().keySet().stream()
        .filter(subject -> balance.standing(subject) < usual.standing(subject))
        .forEach(subject -> findings.add(missing(subject)));
    return findings;
  }

  private boolean isToBeCompensated(Subject subject) {
    return subject
        .step()
        .flatMap(this::step)
        .map(step -> step.compensation().isPresent())
        .orElse(true);
  }

  private Optional<? extends StepDefinition<?, ?>> step(String name) {
    return definition.steps().stream().filter(step -> step.name().equals(name)).findAny();
  }

  private static Finding leftApplied(Subject subject, Trial trial, EndState end) {
    String step = subject.step().orElse("");
    boolean undone =
        trial.calls.stream().anyMatch(call -> call.callee().equals(Callee.compensation(step)));
    String why = "";
    if (undone) {
      why = " The step's compensation ran, and left it.";
    } else if (end.has(RecordKind.STEP_REJECTED, step)) {
      why =
          " The step's failure was taken for a definite rejection, so it wasn't compensated: let"
              + " rejectedBy(...) name only what surely means that there was no effect, and no lost"
              + " connection or timeout.";
    }
    return new Finding(
        FindingKind.LEFT_APPLIED,
        subject.step().orElse(subject.effect()),
        "The saga is COMPENSATED, but the " + subject + " stands." + why);
  }

  private static Finding tooOften(Subject subject, int times) {
    return new Finding(
        FindingKind.APPLIED_TOO_OFTEN,
        subject.step().orElse(subject.effect()),
        "The saga is COMPLETED, but the "
            + subject
            + " stands "
            + times
            + (times == 1 ? " time" : " times")
            + ", more often than without a fault.");
  }

  private static Finding missing(Subject subject) {
    return new Finding(
        FindingKind.MISSING,
        subject.step().orElse(subject.effect()),
        "The saga is COMPLETED, but the " + subject + " is missing.");
  }

  /** What the coordinator promises about calls; if it is broken, that is a bug of Sagaflow. */
  private List<Finding> calls(Trial trial) {
    List<Finding> findings = new ArrayList<>();
    Map<Callee, String> keys = new HashMap<>();
    List<Callee> before = new ArrayList<>();
    for (Called call : trial.calls) {
      String key = keys.putIfAbsent(call.callee(), call.key());
      if (key != null && !key.equals(call.key())) {
        findings.add(bug(FindingKind.KEY_CHANGED, call, "has another key than before"));
      }
      if (before.stream().anyMatch(earlier -> precedes(call.callee(), earlier))) {
        findings.add(bug(FindingKind.WRONG_ORDER, call, "comes out of order"));
      }
      before.add(call.callee());
    }
    return findings;
  }

  /**
   * Whether a call may only come before another: an action before those of steps that wait for it,
   * and before every compensation; a compensation after those of steps that wait for its own.
   */
  private boolean precedes(Callee call, Callee other) {
    if (call.isAction() != other.isAction()) {
      return call.isAction();
    }
    int index = indexOf(call);
    int otherIndex = indexOf(other);
    return call.isAction() ? isBehind(otherIndex, index) : isBehind(index, otherIndex);
  }

  private int indexOf(Callee callee) {
    return definition.steps().stream().map(StepDefinition::name).toList().indexOf(callee.step());
  }

  /** Whether a step waits for another, by way of others perhaps. */
  private boolean isBehind(int later, int earlier) {
    return definition.steps().get(later).after().stream()
        .anyMatch(index -> index == earlier || isBehind(index, earlier));
  }

  private static Finding bug(FindingKind kind, Called call, String what) {
    return new Finding(
        kind,
        call.callee().step(),
        "The call of " + call.callee() + " " + what + ". That is a bug of Sagaflow: report it.");
  }
}
