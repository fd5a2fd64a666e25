package io.sagaflow.machine;

import io.sagaflow.StepStatus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * How a saga that turned back goes forward again. What isn't surely as it was is called again, with
 * the same key: a step whose outcome is unknown, one whose compensation may have been called, and
 * everything done that came after those; so is what was rejected. A participant that was
 * compensated after all refuses the key, and nothing is lost sight of.
 */
final class Revival {

  private Revival() {}

  /** Why it can't; empty if it can. */
  static Optional<String> obstacle(Plan plan, SagaState state) {
    for (int i = 0; i < state.steps().size(); i++) {
      if (state.step(i).status() == StepStatus.COMPENSATED) {
        return Optional.of("Step " + plan.step(i).name() + " is compensated: its effect is gone.");
      }
    }
    return stepsToRepeat(plan, state).stream()
        .flatMap(index -> whyNotAgain(plan.step(index), state.step(index).status()).stream())
        .findFirst();
  }

  private static Optional<String> whyNotAgain(PlannedStep step, StepStatus status) {
    if (step.is(Trait.AT_MOST_ONCE) && status != StepStatus.SKIPPED) {
      return Optional.of("Step " + step.name() + " is at-most-once, so it can't be called again.");
    }
    if (step.is(Trait.TRANSACTIONAL) && Frontier.mayHaveEffect(status)) {
      return Optional.of(
          "Step "
              + step.name()
              + " is transactional and has taken effect, so to call it again would do it twice.");
    }
    if (step.is(Trait.CHILD) && Frontier.mayHaveEffect(status)) {
      return Optional.of(
          "The child saga of step "
              + step.name()
              + " may be on its way back already, and goes all of it.");
    }
    return Optional.empty();
  }

  /** The steps that are to be called again, in the plan's order. */
  static List<Integer> stepsToRepeat(Plan plan, SagaState state) {
    List<Integer> tried = Frontier.backward(plan, state);
    BitSet repeated = new BitSet();
    List<Integer> steps = new ArrayList<>();
    for (int i = 0; i < state.steps().size(); i++) {
      boolean behind = plan.step(i).after().stream().anyMatch(repeated::get);
      boolean repeat =
          switch (state.step(i).status()) {
            case UNKNOWN, REJECTED, COMPENSATION_FAILED -> true;
            case COMPLETED -> behind || tried.contains(i);
            case SKIPPED -> behind;
            case PENDING, STARTED, COMPENSATED -> false;
          };
      if (repeat) {
        repeated.set(i);
        steps.add(i);
      }
    }
    return steps;
  }

  /**
   * Where a step begins anew: with its action if that was called before, whatever its condition.
   */
  static StepState repeated(PlannedStep planned, StepState step) {
    boolean action = planned.pause().isEmpty();
    return switch (step.status()) {
      case SKIPPED, REJECTED -> step.repeated();
      default -> {
        StepState started = step.repeated().with(StepStatus.STARTED);
        yield action ? started.opened() : started;
      }
    };
  }
}
