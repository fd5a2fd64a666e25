package io.sagaflow.machine;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which of the legal transitions have been taken. Mutable. */
final class Coverage {

  /**
   * A transition of a saga or of a step.
   *
   * @param from the status before
   * @param kind the record
   * @param to the status after
   */
  record Transition(Enum<?> from, RecordKind kind, Enum<?> to) {}

  private final Set<Transition> taken = new LinkedHashSet<>();

  /** All that the tables declare. */
  static Set<Transition> legal() {
    Set<Transition> legal = new LinkedHashSet<>();
    for (RecordKind kind : RecordKind.values()) {
      for (SagaStatus from : SagaStatus.values()) {
        Transitions.INSTANCE
            .next(from, kind)
            .forEach(to -> legal.add(new Transition(from, kind, to)));
      }
      for (StepStatus from : StepStatus.values()) {
        Optional.ofNullable(Transitions.INSTANCE.next(from).get(kind))
            .ifPresent(to -> legal.add(new Transition(from, kind, to)));
      }
    }
    return legal;
  }

  Set<Transition> taken() {
    return taken;
  }

  void take(Plan plan, SagaState before, JournalRecord record, SagaState after) {
    RecordKind kind = record.fact().kind();
    taken.add(new Transition(before.status(), kind, after.status()));
    for (int step : stepsOf(plan, before, record.fact())) {
      if (isStepTransition(before, after, step, kind)) {
        taken.add(new Transition(before.step(step).status(), kind, after.step(step).status()));
      }
    }
  }

  /** Turning back and being stuck move a step only where the table says so. */
  private static boolean isStepTransition(
      SagaState before, SagaState after, int step, RecordKind kind) {
    return switch (kind) {
      case SAGA_TURNED_BACK, SAGA_FORCED_FORWARD ->
          before.step(step).status() != after.step(step).status();
      case SAGA_STUCK -> before.status() == SagaStatus.COMPENSATING;
      default -> true;
    };
  }

  private static List<Integer> stepsOf(Plan plan, SagaState before, Fact fact) {
    if (fact.kind() == RecordKind.SAGA_TURNED_BACK) {
      return Frontier.forward(plan, before);
    }
    if (fact.kind() == RecordKind.SAGA_FORCED_FORWARD) {
      return Revival.stepsToRepeat(plan, before);
    }
    int step = stepOf(plan, fact);
    return step < 0 ? List.of() : List.of(step);
  }

  private static int stepOf(Plan plan, Fact fact) {
    return switch (fact.kind()) {
      case STEP_STARTED -> plan.indexOf(((Fact.StepStarted) fact).step());
      case STEP_SKIPPED -> plan.indexOf(((Fact.StepSkipped) fact).step());
      case STEP_COMPLETED -> plan.indexOf(((Fact.StepCompleted) fact).step());
      case ACTION_FAILED -> plan.indexOf(((Fact.ActionFailed) fact).step());
      case STEP_REJECTED -> plan.indexOf(((Fact.StepRejected) fact).step());
      case STEP_UNKNOWN -> plan.indexOf(((Fact.StepUnknown) fact).step());
      case PROBE_FAILED -> plan.indexOf(((Fact.ProbeFailed) fact).step());
      case STEP_COMPENSATED -> plan.indexOf(((Fact.StepCompensated) fact).step());
      case COMPENSATION_FAILED -> plan.indexOf(((Fact.CompensationFailed) fact).step());
      case SAGA_STUCK -> ((Fact.SagaStuck) fact).step().map(plan::indexOf).orElse(-1);
      case STEP_MARKED_DONE -> plan.indexOf(((Fact.StepMarkedDone) fact).step());
      case STEP_MARKED_NOT_DONE -> plan.indexOf(((Fact.StepMarkedNotDone) fact).step());
      case COMPENSATION_SKIPPED -> plan.indexOf(((Fact.CompensationSkipped) fact).step());
      case SIGNAL_RECEIVED,
          SAGA_FORCED_FORWARD,
          SAGA_TURNED_BACK,
          SAGA_STARTED,
          SAGA_RESUMED,
          SAGA_COMPLETED,
          SAGA_COMPENSATED,
          SAGA_RETRIED,
          COMMAND_REFUSED ->
          -1;
    };
  }
}
