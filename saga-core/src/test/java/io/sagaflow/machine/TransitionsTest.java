package io.sagaflow.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables say what this test says a second time, and nothing else. */
class TransitionsTest {

  private static final String SAGAS =
      """
      RUNNING SAGA_RESUMED [RUNNING]
      RUNNING STEP_STARTED [RUNNING]
      RUNNING STEP_SKIPPED [RUNNING]
      RUNNING STEP_COMPLETED [RUNNING]
      RUNNING ACTION_FAILED [RUNNING]
      RUNNING STEP_REJECTED [RUNNING]
      RUNNING STEP_UNKNOWN [RUNNING]
      RUNNING PROBE_FAILED [RUNNING]
      RUNNING SAGA_TURNED_BACK [COMPENSATING]
      RUNNING SAGA_COMPLETED [COMPLETED]
      RUNNING SAGA_STUCK [STUCK]
      RUNNING SIGNAL_RECEIVED [RUNNING]
      RUNNING STEP_MARKED_DONE [RUNNING]
      RUNNING STEP_MARKED_NOT_DONE [RUNNING]
      RUNNING COMMAND_REFUSED [RUNNING]
      COMPENSATING SAGA_RESUMED [COMPENSATING]
      COMPENSATING STEP_COMPENSATED [COMPENSATING]
      COMPENSATING COMPENSATION_FAILED [COMPENSATING]
      COMPENSATING SAGA_COMPENSATED [COMPENSATED]
      COMPENSATING SAGA_STUCK [STUCK]
      COMPENSATING SIGNAL_RECEIVED [COMPENSATING]
      COMPENSATING COMPENSATION_SKIPPED [COMPENSATING]
      COMPENSATING COMMAND_REFUSED [COMPENSATING]
      COMPLETED SAGA_RESUMED [COMPLETED]
      COMPLETED SAGA_TURNED_BACK [COMPENSATING]
      STUCK SAGA_RESUMED [STUCK]
      STUCK SAGA_TURNED_BACK [COMPENSATING]
      STUCK SAGA_STUCK [STUCK]
      STUCK SAGA_RETRIED [RUNNING, COMPENSATING]
      STUCK SIGNAL_RECEIVED [STUCK]
      STUCK STEP_MARKED_DONE [RUNNING]
      STUCK STEP_MARKED_NOT_DONE [RUNNING]
      STUCK COMPENSATION_SKIPPED [COMPENSATING]
      STUCK SAGA_FORCED_FORWARD [RUNNING]
      STUCK COMMAND_REFUSED [STUCK]
      """;

  /** A child that has completed may have to be undone with its parent. */
  private static final Set<RecordKind> OF_A_REVERSAL =
      EnumSet.of(RecordKind.SAGA_RESUMED, RecordKind.SAGA_TURNED_BACK);

  private static final String STEPS =
      """
      PENDING STEP_STARTED STARTED
      PENDING STEP_SKIPPED SKIPPED
      PENDING STEP_COMPLETED COMPLETED
      PENDING ACTION_FAILED PENDING
      PENDING STEP_REJECTED REJECTED
      PENDING STEP_UNKNOWN UNKNOWN
      PENDING SAGA_TURNED_BACK UNKNOWN
      PENDING STEP_MARKED_DONE COMPLETED
      PENDING STEP_MARKED_NOT_DONE REJECTED
      STARTED STEP_COMPLETED COMPLETED
      STARTED ACTION_FAILED STARTED
      STARTED STEP_REJECTED REJECTED
      STARTED STEP_UNKNOWN UNKNOWN
      STARTED SAGA_TURNED_BACK UNKNOWN
      STARTED STEP_MARKED_DONE COMPLETED
      STARTED STEP_MARKED_NOT_DONE REJECTED
      COMPLETED STEP_COMPENSATED COMPENSATED
      COMPLETED COMPENSATION_FAILED COMPLETED
      COMPLETED SAGA_STUCK COMPENSATION_FAILED
      COMPLETED COMPENSATION_SKIPPED COMPENSATED
      COMPLETED SAGA_FORCED_FORWARD STARTED
      SKIPPED SAGA_FORCED_FORWARD PENDING
      REJECTED SAGA_FORCED_FORWARD PENDING
      UNKNOWN STEP_COMPLETED COMPLETED
      UNKNOWN ACTION_FAILED STARTED
      UNKNOWN STEP_REJECTED REJECTED
      UNKNOWN STEP_UNKNOWN UNKNOWN
      UNKNOWN PROBE_FAILED UNKNOWN
      UNKNOWN STEP_COMPENSATED COMPENSATED
      UNKNOWN COMPENSATION_FAILED UNKNOWN
      UNKNOWN SAGA_STUCK COMPENSATION_FAILED
      UNKNOWN STEP_MARKED_DONE COMPLETED
      UNKNOWN STEP_MARKED_NOT_DONE REJECTED
      UNKNOWN COMPENSATION_SKIPPED COMPENSATED
      UNKNOWN SAGA_FORCED_FORWARD STARTED
      COMPENSATION_FAILED STEP_COMPENSATED COMPENSATED
      COMPENSATION_FAILED COMPENSATION_FAILED COMPENSATION_FAILED
      COMPENSATION_FAILED SAGA_STUCK COMPENSATION_FAILED
      COMPENSATION_FAILED COMPENSATION_SKIPPED COMPENSATED
      COMPENSATION_FAILED SAGA_FORCED_FORWARD STARTED
      """;

  @Test
  void givenEveryStatusAndKind_whenAskedWhereASagaGoes_thenOnlyTheDeclaredPairsLeadAnywhere() {
    List<String> legal = new ArrayList<>();

    for (SagaStatus status : SagaStatus.values()) {
      for (RecordKind kind : RecordKind.values()) {
        Set<SagaStatus> next = Transitions.INSTANCE.next(status, kind);
        if (!next.isEmpty()) {
          legal.add(status + " " + kind + " " + next);
        }
      }
    }

    assertThat(legal).containsExactlyElementsOf(SAGAS.lines().toList());
  }

  @Test
  void givenEveryStatusAndKind_whenAskedWhereAStepGoes_thenOnlyTheDeclaredPairsLeadAnywhere() {
    List<String> legal = new ArrayList<>();

    for (StepStatus status : StepStatus.values()) {
      Map<RecordKind, StepStatus> next = Transitions.INSTANCE.next(status);
      next.forEach((kind, to) -> legal.add(status + " " + kind + " " + to));
    }

    assertThat(legal).containsExactlyElementsOf(STEPS.lines().toList());
  }

  @ParameterizedTest
  @EnumSource
  void givenASaga_whenItHasEnded_thenNoRecordMayFollow(SagaStatus status) {
    boolean open =
        EnumSet.allOf(RecordKind.class).stream()
            .filter(kind -> status != SagaStatus.COMPLETED || !OF_A_REVERSAL.contains(kind))
            .anyMatch(kind -> !Transitions.INSTANCE.next(status, kind).isEmpty());

    assertThat(open).isEqualTo(!status.isTerminal());
  }
}
