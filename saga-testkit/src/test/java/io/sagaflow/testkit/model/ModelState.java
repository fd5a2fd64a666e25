package io.sagaflow.testkit.model;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.machine.SagaState;
import io.sagaflow.machine.StepState;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the model knows of a saga's state: its variable {@code journal}.
 *
 * @param status its status; of a stuck saga also to where a retry leads it
 * @param steps the status of each step
 * @param open whether an attempt of the step that it works on may have had an effect
 */
public record ModelState(String status, List<StepStatus> steps, boolean open) {

  static ModelState of(SagaState state) {
    boolean forward = state.stuckFrom().orElse(state.status()) == SagaStatus.RUNNING;
    return new ModelState(
        status(state),
        state.steps().stream().map(StepState::status).toList(),
        forward && currentIsOpen(state));
  }

  private static String status(SagaState state) {
    return state
        .stuckFrom()
        .map(from -> from == SagaStatus.RUNNING ? "STUCK_FORWARD" : "STUCK_BACKWARD")
        .orElseGet(() -> state.status().name());
  }

  private static boolean currentIsOpen(SagaState state) {
    return state.steps().stream()
        .filter(step -> step.status() != StepStatus.COMPLETED)
        .findFirst()
        .map(StepState::open)
        .orElse(false);
  }

  String toTla() {
    String each =
        steps.stream().map(step -> '"' + step.name() + '"').collect(Collectors.joining(", "));
    return String.format(
        "[status |-> \"%s\", st |-> <<%s>>, open |-> %s]", status, each, TraceEvent.tla(open));
  }
}
