package io.sagaflow.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.JournalRecord;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every legal transition of a step is taken, and every illegal one refused. */
class FoldStepTest {

  private static final Set<RecordKind> FORWARD =
      EnumSet.of(
          RecordKind.STEP_STARTED,
          RecordKind.STEP_COMPLETED,
          RecordKind.ACTION_FAILED,
          RecordKind.STEP_REJECTED,
          RecordKind.STEP_UNKNOWN,
          RecordKind.SAGA_TURNED_BACK);

  private static final Set<RecordKind> BACKWARD =
      EnumSet.of(
          RecordKind.STEP_COMPENSATED, RecordKind.COMPENSATION_FAILED, RecordKind.SAGA_STUCK);

  private static final Fold FOLD = new Fold(Plans.plan(Plans.probed("a"), Plans.step("b")));

  @ParameterizedTest
  @MethodSource("pairs")
  void givenAStepWhoseTurnItIs_whenARecordFollows_thenItGoesWhereTheTableSaysOrNowhere(
      StepStatus from, RecordKind kind) {
    SagaState state = sagaWhoseFirstStepIs(from, kind);
    JournalRecord record = new JournalRecord(8, Story.START, Facts.of(kind, "a"));

    StepStatus to = Transitions.INSTANCE.next(from).get(kind);

    if (to != null) {
      assertThat(FOLD.apply(state, record).steps().get(0).status()).isEqualTo(to);
    } else if (isSettledByTheTurn(from, kind)) {
      assertThat(FOLD.apply(state, record).steps().get(0).status()).isEqualTo(from);
    } else {
      assertThatThrownBy(() -> FOLD.apply(state, record))
          .isInstanceOf(IllegalTransitionException.class);
    }
  }

  static Stream<Arguments> pairs() {
    EnumSet<RecordKind> kinds = EnumSet.copyOf(FORWARD);
    kinds.addAll(BACKWARD);
    return Stream.of(StepStatus.values())
        .flatMap(status -> kinds.stream().map(kind -> arguments(status, kind)));
  }

  /** Turning back leaves alone what is known already, and what was done before. */
  private static boolean isSettledByTheTurn(StepStatus from, RecordKind kind) {
    return kind == RecordKind.SAGA_TURNED_BACK && from != StepStatus.PENDING;
  }

  /** A step of unknown outcome is one whose outcome is being asked for. */
  private static StepState standing(StepStatus status) {
    StepState step = StepState.PENDING.with(status);
    return status == StepStatus.UNKNOWN ? step.freshFrom(Story.START) : step;
  }

  private static SagaState sagaWhoseFirstStepIs(StepStatus status, RecordKind next) {
    return new SagaState(
        FORWARD.contains(next) ? SagaStatus.RUNNING : SagaStatus.COMPENSATING,
        7,
        List.of(standing(status), StepState.PENDING),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
