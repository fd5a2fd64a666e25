package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.StepStatus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Whose turn it is. Going forward, it is the turn of every step that isn't done and waits for
 * nothing any more; going backward, of every step that may have an effect to undo and after which
 * nothing is left to undo. In a saga without parallel blocks that is one step at most.
 *
 * <p>Asked several times for each record, so by loops: streams cost more than all that they did.
 */
final class Frontier {

  private Frontier() {}

  /** The steps that a saga works on while it goes forward, in the plan's order. */
  static List<Integer> forward(Plan plan, SagaState state) {
    List<Integer> turn = new ArrayList<>(1);
    for (int i = 0; i < state.steps().size(); i++) {
      if (isTurn(plan, state, i)) {
        turn.add(i);
      }
    }
    return turn;
  }

  /** Whether it is a step's turn, in a saga that goes forward. */
  static boolean isTurn(Plan plan, SagaState state, int index) {
    if (state.isDone(index)) {
      return false;
    }
    for (int earlier : plan.step(index).after()) {
      if (!state.isDone(earlier)) {
        return false;
      }
    }
    return true;
  }

  /** The steps whose compensation is next, the last first. */
  static List<Integer> backward(Plan plan, SagaState state) {
    List<Integer> turn = new ArrayList<>(1);
    BitSet blocked = new BitSet();
    for (int i = state.steps().size() - 1; i >= 0; i--) {
      boolean toUndo = plan.step(i).is(Trait.COMPENSATED) && mayHaveEffect(state.step(i).status());
      if (toUndo && !blocked.get(i)) {
        turn.add(i);
      }
      if (toUndo || blocked.get(i)) {
        plan.step(i).after().forEach(blocked::set);
      }
    }
    return turn;
  }

  /**
   * Whether the point of no return is still ahead: the pivot can't have begun, or was rejected. The
   * pivot is nobody's neighbour: it is the only one whose turn it is, or not yet reached, or
   * passed.
   */
  static boolean mayTurnBack(Plan plan, SagaState state) {
    List<Integer> turn = forward(plan, state);
    return state.status() == SagaStatus.RUNNING
        && !turn.isEmpty()
        && turn.stream().allMatch(index -> mayTurnBackFrom(plan, state, index));
  }

  /** Whether a saga that has completed can be undone as a whole. */
  static boolean mayReverse(Plan plan, SagaState state) {
    return state.status() == SagaStatus.COMPLETED
        && plan.steps().stream().allMatch(step -> step.kind() == StepKind.COMPENSATABLE);
  }

  /**
   * Whether the action of a step whose turn it is may have had an effect, as far as is known. A
   * transactional one has none before its record, and one that waits has none at all.
   */
  static boolean mayHaveBegun(Plan plan, SagaState state, int index) {
    PlannedStep planned = plan.step(index);
    if (planned.pause().isPresent() || (planned.is(Trait.TRANSACTIONAL) && !state.isDone(index))) {
      return false;
    }
    return switch (state.step(index).status()) {
      case PENDING -> !plan.step(index).isAnnounced();
      case SKIPPED, REJECTED -> false;
      case STARTED, COMPLETED, UNKNOWN, COMPENSATED, COMPENSATION_FAILED -> true;
    };
  }

  /** Whether a step has failed for good. */
  static boolean hasFailed(Plan plan, SagaState state, int index) {
    StepStatus status = state.step(index).status();
    return status == StepStatus.REJECTED
        || (status == StepStatus.UNKNOWN && !isBeingProbed(plan, state, index));
  }

  /** Whether a status query is to settle a step's unknown outcome, and hasn't been given up. */
  static boolean isBeingProbed(Plan plan, SagaState state, int index) {
    StepState step = state.step(index);
    return plan.step(index).is(Trait.PROBED)
        && step.status() == StepStatus.UNKNOWN
        && step.retryAt().isPresent();
  }

  private static boolean mayTurnBackFrom(Plan plan, SagaState state, int index) {
    return switch (plan.step(index).kind()) {
      case COMPENSATABLE -> true;
      case PIVOT ->
          state.step(index).status() == StepStatus.REJECTED
              || plan.step(index).is(Trait.TRANSACTIONAL)
              || !mayHaveBegun(plan, state, index);
      case RETRIABLE -> false;
    };
  }

  static boolean mayHaveEffect(StepStatus status) {
    return switch (status) {
      case COMPLETED, UNKNOWN, COMPENSATION_FAILED -> true;
      case PENDING, STARTED, SKIPPED, REJECTED, COMPENSATED -> false;
    };
  }
}
