package io.sagaflow.machine;

import static io.sagaflow.RecordKind.ACTION_FAILED;
import static io.sagaflow.RecordKind.COMMAND_REFUSED;
import static io.sagaflow.RecordKind.COMPENSATION_SKIPPED;
import static io.sagaflow.RecordKind.PROBE_FAILED;
import static io.sagaflow.RecordKind.SAGA_COMPENSATED;
import static io.sagaflow.RecordKind.SAGA_COMPLETED;
import static io.sagaflow.RecordKind.SAGA_FORCED_FORWARD;
import static io.sagaflow.RecordKind.SAGA_RESUMED;
import static io.sagaflow.RecordKind.SAGA_RETRIED;
import static io.sagaflow.RecordKind.SAGA_STUCK;
import static io.sagaflow.RecordKind.SAGA_TURNED_BACK;
import static io.sagaflow.RecordKind.SIGNAL_RECEIVED;
import static io.sagaflow.RecordKind.STEP_COMPENSATED;
import static io.sagaflow.RecordKind.STEP_COMPLETED;
import static io.sagaflow.RecordKind.STEP_MARKED_DONE;
import static io.sagaflow.RecordKind.STEP_MARKED_NOT_DONE;
import static io.sagaflow.RecordKind.STEP_REJECTED;
import static io.sagaflow.RecordKind.STEP_SKIPPED;
import static io.sagaflow.RecordKind.STEP_STARTED;
import static io.sagaflow.RecordKind.STEP_UNKNOWN;
import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPENSATING;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.RUNNING;
import static io.sagaflow.SagaStatus.STUCK;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The legal transitions, of sagas and of steps, each one declaration. Whatever isn't declared here
 * is refused.
 */
final class Transitions {

  static final Transitions INSTANCE = new Transitions();

  private final Map<SagaStatus, Map<RecordKind, Set<SagaStatus>>> sagas =
      new EnumMap<>(SagaStatus.class);
  private final Map<StepStatus, Map<RecordKind, StepStatus>> steps =
      new EnumMap<>(StepStatus.class);

  private Transitions() {
    declareSagas();
    declareSteps();
  }

  private void declareSagas() {
    saga(RUNNING, SAGA_RESUMED, RUNNING);
    saga(RUNNING, STEP_STARTED, RUNNING);
    saga(RUNNING, STEP_SKIPPED, RUNNING);
    saga(RUNNING, STEP_COMPLETED, RUNNING);
    saga(RUNNING, ACTION_FAILED, RUNNING);
    saga(RUNNING, STEP_REJECTED, RUNNING);
    saga(RUNNING, STEP_UNKNOWN, RUNNING);
    saga(RUNNING, PROBE_FAILED, RUNNING);
    saga(RUNNING, COMMAND_REFUSED, RUNNING);
    saga(RUNNING, SAGA_TURNED_BACK, COMPENSATING);
    saga(RUNNING, SAGA_COMPLETED, COMPLETED);
    saga(RUNNING, SAGA_STUCK, STUCK);

    saga(COMPENSATING, SAGA_RESUMED, COMPENSATING);
    saga(COMPENSATING, STEP_COMPENSATED, COMPENSATING);
    saga(COMPENSATING, RecordKind.COMPENSATION_FAILED, COMPENSATING);
    saga(COMPENSATING, COMMAND_REFUSED, COMPENSATING);
    saga(COMPENSATING, SAGA_COMPENSATED, COMPENSATED);
    saga(COMPENSATING, SAGA_STUCK, STUCK);

    saga(COMPLETED, SAGA_RESUMED, COMPLETED); // it was about to be reversed
    saga(COMPLETED, SAGA_TURNED_BACK, COMPENSATING); // a child, with its parent

    saga(STUCK, SAGA_RESUMED, STUCK);
    saga(STUCK, SAGA_STUCK, STUCK);
    saga(STUCK, COMMAND_REFUSED, STUCK);
    saga(STUCK, SAGA_RETRIED, RUNNING, COMPENSATING); // to where it got stuck

    for (SagaStatus status : EnumSet.of(RUNNING, COMPENSATING, STUCK)) {
      saga(status, SIGNAL_RECEIVED, status); // kept for the step's turn
    }
    saga(RUNNING, STEP_MARKED_DONE, RUNNING);
    saga(RUNNING, STEP_MARKED_NOT_DONE, RUNNING);
    saga(COMPENSATING, COMPENSATION_SKIPPED, COMPENSATING);
    saga(STUCK, STEP_MARKED_DONE, RUNNING);
    saga(STUCK, STEP_MARKED_NOT_DONE, RUNNING); // and it turns back from there
    saga(STUCK, COMPENSATION_SKIPPED, COMPENSATING);
    saga(STUCK, SAGA_FORCED_FORWARD, RUNNING);
    saga(STUCK, SAGA_TURNED_BACK, COMPENSATING); // it was aborted
  }

  private void declareSteps() {
    step(StepStatus.PENDING, STEP_STARTED, StepStatus.STARTED);
    step(StepStatus.PENDING, STEP_SKIPPED, StepStatus.SKIPPED);
    step(StepStatus.PENDING, STEP_COMPLETED, StepStatus.COMPLETED);
    step(StepStatus.PENDING, ACTION_FAILED, StepStatus.PENDING);
    step(StepStatus.PENDING, STEP_REJECTED, StepStatus.REJECTED);
    step(StepStatus.PENDING, STEP_UNKNOWN, StepStatus.UNKNOWN);
    step(StepStatus.PENDING, SAGA_TURNED_BACK, StepStatus.UNKNOWN); // it may have started

    step(StepStatus.STARTED, STEP_COMPLETED, StepStatus.COMPLETED);
    step(StepStatus.STARTED, ACTION_FAILED, StepStatus.STARTED);
    step(StepStatus.STARTED, STEP_REJECTED, StepStatus.REJECTED);
    step(StepStatus.STARTED, STEP_UNKNOWN, StepStatus.UNKNOWN);
    step(StepStatus.STARTED, SAGA_TURNED_BACK, StepStatus.UNKNOWN);

    step(StepStatus.UNKNOWN, STEP_COMPLETED, StepStatus.COMPLETED); // as a probe says
    step(StepStatus.UNKNOWN, ACTION_FAILED, StepStatus.STARTED); // it was not done
    step(StepStatus.UNKNOWN, STEP_REJECTED, StepStatus.REJECTED);
    step(StepStatus.UNKNOWN, PROBE_FAILED, StepStatus.UNKNOWN);
    step(StepStatus.UNKNOWN, STEP_UNKNOWN, StepStatus.UNKNOWN);

    for (StepStatus status :
        EnumSet.of(StepStatus.PENDING, StepStatus.STARTED, StepStatus.UNKNOWN)) {
      step(status, STEP_MARKED_DONE, StepStatus.COMPLETED);
      step(status, STEP_MARKED_NOT_DONE, StepStatus.REJECTED);
    }

    for (StepStatus status :
        EnumSet.of(StepStatus.COMPLETED, StepStatus.UNKNOWN, StepStatus.COMPENSATION_FAILED)) {
      step(status, STEP_COMPENSATED, StepStatus.COMPENSATED);
      step(status, COMPENSATION_SKIPPED, StepStatus.COMPENSATED);
      step(status, RecordKind.COMPENSATION_FAILED, status);
      step(status, SAGA_STUCK, StepStatus.COMPENSATION_FAILED);
    }
    declareForcedSteps();
  }

  /** What a saga that is forced forward tries again: an action that was called, or a decision. */
  private void declareForcedSteps() {
    for (StepStatus status :
        EnumSet.of(StepStatus.COMPLETED, StepStatus.UNKNOWN, StepStatus.COMPENSATION_FAILED)) {
      step(status, SAGA_FORCED_FORWARD, StepStatus.STARTED);
    }
    step(StepStatus.SKIPPED, SAGA_FORCED_FORWARD, StepStatus.PENDING);
    step(StepStatus.REJECTED, SAGA_FORCED_FORWARD, StepStatus.PENDING);
  }

  /** Where a record may lead a saga; empty if it is illegal in this status. */
  Set<SagaStatus> next(SagaStatus status, RecordKind kind) {
    return sagas.getOrDefault(status, Map.of()).getOrDefault(kind, Set.of());
  }

  /** Where a record leads the step that it is about; null if it is illegal in this status. */
  Map<RecordKind, StepStatus> next(StepStatus status) {
    return steps.getOrDefault(status, Map.of());
  }

  private void saga(SagaStatus from, RecordKind kind, SagaStatus first, SagaStatus... more) {
    sagas
        .computeIfAbsent(from, key -> new EnumMap<>(RecordKind.class))
        .put(kind, EnumSet.of(first, more));
  }

  private void step(StepStatus from, RecordKind kind, StepStatus to) {
    steps.computeIfAbsent(from, key -> new EnumMap<>(RecordKind.class)).put(kind, to);
  }

  /** Draws both tables as Mermaid state diagrams, for the documentation. */
  String toMermaid() {
    StringBuilder text = new StringBuilder(512);
    text.append("## Sagas\n\n```mermaid\nstateDiagram-v2\n  [*] --> RUNNING: SAGA_STARTED\n");
    sagas.forEach(
        (from, kinds) ->
            kinds.forEach((kind, to) -> to.forEach(next -> arrow(text, from, next, kind))));
    text.append("  COMPLETED --> [*]\n  COMPENSATED --> [*]\n```\n");
    text.append("\n## Steps\n\n```mermaid\nstateDiagram-v2\n  [*] --> PENDING\n");
    steps.forEach((from, kinds) -> kinds.forEach((kind, to) -> arrow(text, from, to, kind)));
    return text.append("```\n").toString();
  }

  private static void arrow(StringBuilder text, Enum<?> from, Enum<?> to, RecordKind kind) {
    text.append("  ").append(from).append(" --> ").append(to).append(": ").append(kind);
    text.append('\n');
  }
}
