package io.sagaflow.testkit;

import static io.sagaflow.testkit.FaultKind.CANCEL_AFTER_EFFECT;
import static io.sagaflow.testkit.FaultKind.CANCEL_BEFORE_EFFECT;
import static io.sagaflow.testkit.FaultKind.DUPLICATE;
import static io.sagaflow.testkit.FaultKind.ERROR;
import static io.sagaflow.testkit.FaultKind.FAILURE_AFTER_EFFECT;
import static io.sagaflow.testkit.FaultKind.FAILURE_BEFORE_EFFECT;
import static io.sagaflow.testkit.FaultKind.LATE_DUPLICATE;
import static io.sagaflow.testkit.FaultKind.LATE_REQUEST;
import static io.sagaflow.testkit.FaultKind.REJECTION;
import static io.sagaflow.testkit.FaultKind.TIMEOUT_AFTER_EFFECT;
import static io.sagaflow.testkit.FaultKind.TIMEOUT_BEFORE_EFFECT;

import io.sagaflow.SagaDefinition;
import io.sagaflow.StepDefinition;
import io.sagaflow.StepKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that can go wrong with a saga's calls, one thing at a time. */
final class FaultPlans {

  private static final List<FaultKind> OF_ACTIONS =
      List.of(
          FAILURE_BEFORE_EFFECT,
          FAILURE_AFTER_EFFECT,
          ERROR,
          TIMEOUT_BEFORE_EFFECT,
          TIMEOUT_AFTER_EFFECT,
          LATE_REQUEST,
          CANCEL_BEFORE_EFFECT,
          CANCEL_AFTER_EFFECT);
  private static final List<FaultKind> OF_COMPENSATIONS =
      List.of(
          FAILURE_BEFORE_EFFECT,
          FAILURE_AFTER_EFFECT,
          ERROR,
          TIMEOUT_BEFORE_EFFECT,
          TIMEOUT_AFTER_EFFECT,
          DUPLICATE,
          LATE_DUPLICATE);

  private final Set<FaultKind> wanted;

  FaultPlans(Set<FaultKind> without) {
    this.wanted = EnumSet.allOf(FaultKind.class);
    wanted.removeAll(without);
  }

  List<FaultPlan> of(SagaDefinition<?> definition) {
    List<FaultPlan> plans = new ArrayList<>();
    for (StepDefinition<?, ?> step : called(definition)) {
      ofAction(step).forEach(fault -> plans.add(FaultPlan.of(fault)));
    }
    turningBack(definition).ifPresent(turn -> plans.addAll(ofWayBack(definition, turn)));
    return plans;
  }

  private List<CallFault> ofAction(StepDefinition<?, ?> step) {
    Callee action = Callee.action(step.name());
    List<CallFault> faults = new ArrayList<>(rejections(step));
    for (FaultKind kind : wanted(OF_ACTIONS)) {
      faults.add(CallFault.once(kind, action));
      if (kind.isRepeatable() && mayGiveUp(step)) {
        faults.add(CallFault.always(kind, action));
      }
    }
    if (!step.atMostOnce()) { // otherwise its participant isn't idempotent, and needn't be
      wanted(List.of(DUPLICATE, LATE_DUPLICATE))
          .forEach(kind -> faults.add(CallFault.once(kind, action)));
    }
    return faults;
  }

  /** Whether the saga turns back, and isn't stuck, when all of several attempts have failed. */
  private static boolean mayGiveUp(StepDefinition<?, ?> step) {
    return step.kind() == StepKind.COMPENSATABLE && step.retry().maxAttempts() > 1;
  }

  /**
   * A rejection before the pivot is met by each attempt, for who declines once does so again. One
   * of the pivot is met by the first attempt alone: where an earlier one is open, it would mean
   * nothing. After the pivot there is none, for there it leaves a saga stuck.
   */
  private List<CallFault> rejections(StepDefinition<?, ?> step) {
    List<CallFault> faults = new ArrayList<>();
    if (step.kind() == StepKind.RETRIABLE || !wanted.contains(REJECTION)) {
      return faults;
    }
    Callee action = Callee.action(step.name());
    boolean always = step.kind() == StepKind.COMPENSATABLE;
    faults.add(new CallFault(REJECTION, action, always, Optional.empty()));
    step.failures().rejectedBy().stream()
        .sorted(Comparator.comparing(Class::getName))
        .filter(type -> Rejections.make(type, "probe").isPresent())
        .forEach(type -> faults.add(new CallFault(REJECTION, action, always, Optional.of(type))));
    return faults;
  }

  /**
   * What sends a saga all the way back after one attempt of each call: a cancel after the effect of
   * the last step that can be compensated, which also leaves the outcome of that step unknown.
   */
  private static Optional<CallFault> turningBack(SagaDefinition<?> definition) {
    return called(definition).stream()
        .filter(step -> step.compensation().isPresent())
        .reduce((first, second) -> second)
        .map(step -> CallFault.once(CANCEL_AFTER_EFFECT, Callee.action(step.name())));
  }

  private List<FaultPlan> ofWayBack(SagaDefinition<?> definition, CallFault turn) {
    List<FaultPlan> plans = new ArrayList<>();
    for (StepDefinition<?, ?> step : called(definition)) {
      if (step.compensation().isPresent()) {
        Callee compensation = Callee.compensation(step.name());
        wanted(OF_COMPENSATIONS)
            .forEach(kind -> plans.add(FaultPlan.of(turn, CallFault.once(kind, compensation))));
        boolean free = !step.name().equals(turn.callee().step()) && !step.atMostOnce();
        if (free && wanted.contains(LATE_DUPLICATE)) {
          CallFault late = CallFault.once(LATE_DUPLICATE, Callee.action(step.name()));
          plans.add(FaultPlan.of(turn, late));
        }
      }
    }
    return plans;
  }

  private List<FaultKind> wanted(List<FaultKind> kinds) {
    return kinds.stream().filter(wanted::contains).toList();
  }

  /** The steps that have an action, and don't merely wait. */
  private static List<? extends StepDefinition<?, ?>> called(SagaDefinition<?> definition) {
    return definition.steps().stream().filter(step -> step.pause().isEmpty()).toList();
  }
}
