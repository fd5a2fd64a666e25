package io.sagaflow.machine;

import static io.sagaflow.machine.Plans.pivot;
import static io.sagaflow.machine.Plans.plan;
import static io.sagaflow.machine.Plans.retriable;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Plans.withoutCompensation;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

class SagaStateTest {

  private static final Plan TWO = plan(step("a"), step("b"));
  private static final Plan PLAN = plan(step("a"), withoutCompensation("b"), step("c"));

  @Test
  void givenAListOfSteps_whenItIsChangedLater_thenTheStateIsNot() {
    List<StepState> steps = new ArrayList<>(List.of(StepState.PENDING));
    SagaState state = state(SagaStatus.RUNNING, steps, Optional.empty());

    steps.clear();

    assertThat(state.steps()).containsExactly(StepState.PENDING);
  }

  @ParameterizedTest
  @MethodSource
  void givenStepsThatStand_whenAskedForTheCurrentOne_thenItIsTheFirstThatHasNotCompleted(
      List<StepStatus> standing, int current) {
    assertThat(Frontier.forward(TWO, running(standing)).stream().findFirst().orElse(-1))
        .isEqualTo(current);
  }

  static Stream<Arguments>
      givenStepsThatStand_whenAskedForTheCurrentOne_thenItIsTheFirstThatHasNotCompleted() {
    return Stream.of(
        arguments(List.of(StepStatus.PENDING, StepStatus.PENDING), 0),
        arguments(List.of(StepStatus.STARTED, StepStatus.PENDING), 0),
        arguments(List.of(StepStatus.COMPLETED, StepStatus.PENDING), 1),
        arguments(List.of(StepStatus.COMPLETED, StepStatus.REJECTED), 1),
        arguments(List.of(StepStatus.COMPLETED, StepStatus.UNKNOWN), 1),
        arguments(List.of(StepStatus.COMPLETED, StepStatus.COMPLETED), -1));
  }

  @ParameterizedTest
  @MethodSource
  void givenStepsThatStand_whenAskedForTheNextToCompensate_thenItIsTheLastPerhapsInEffect(
      List<StepStatus> standing, int next) {
    assertThat(Frontier.backward(PLAN, running(standing)).stream().findFirst().orElse(-1))
        .isEqualTo(next);
  }

  static Stream<Arguments>
      givenStepsThatStand_whenAskedForTheNextToCompensate_thenItIsTheLastPerhapsInEffect() {
    StepStatus done = StepStatus.COMPLETED;
    return Stream.of(
        arguments(List.of(done, done, done), 2),
        arguments(List.of(done, done, StepStatus.UNKNOWN), 2),
        arguments(List.of(done, done, StepStatus.COMPENSATION_FAILED), 2),
        arguments(List.of(done, done, StepStatus.PENDING), 0),
        arguments(List.of(done, done, StepStatus.STARTED), 0),
        arguments(List.of(done, done, StepStatus.REJECTED), 0),
        arguments(List.of(done, done, StepStatus.COMPENSATED), 0),
        arguments(List.of(StepStatus.COMPENSATED, done, StepStatus.COMPENSATED), -1));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "REJECTED")
  void givenThePivot_whenItIsNotRejected_thenTheSagaMayNotTurnBack(StepStatus status) {
    SagaState state = running(List.of(status));

    assertThat(Frontier.mayTurnBack(plan(pivot("a")), state)).isFalse();
  }

  @Test
  void givenThePivot_whenItIsRejected_thenTheSagaMayTurnBack() {
    SagaState state = running(List.of(StepStatus.REJECTED));

    assertThat(Frontier.mayTurnBack(plan(pivot("a")), state)).isTrue();
  }

  @Test
  void givenARetriableStep_whenItIsRejected_thenTheSagaMayNotTurnBack() {
    SagaState state = running(List.of(StepStatus.REJECTED));

    assertThat(Frontier.mayTurnBack(plan(retriable("a")), state)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void givenACompensatableStep_whenTheSagaRuns_thenAndOnlyThenItMayTurnBack(SagaStatus status) {
    SagaState state = state(status, List.of(StepState.PENDING), Optional.empty());

    assertThat(Frontier.mayTurnBack(plan(step("a")), state))
        .isEqualTo(status == SagaStatus.RUNNING);
  }

  @Test
  void givenEveryStepCompleted_whenAsked_thenTheSagaMayNotTurnBack() {
    SagaState state = running(List.of(StepStatus.COMPLETED));

    assertThat(Frontier.mayTurnBack(plan(step("a")), state)).isFalse();
  }

  @Test
  void givenADeadline_whenItIsReached_thenTheSagaIsOverdue() {
    SagaState state = state(SagaStatus.RUNNING, List.of(), Optional.of(second(1)));

    assertThat(state.isOverdue(second(1).minusNanos(1))).isFalse();
    assertThat(state.isOverdue(second(1))).isTrue();
    assertThat(state.isOverdue(second(1).plusNanos(1))).isTrue();
  }

  @Test
  void givenNoDeadline_whenTimePasses_thenTheSagaIsNeverOverdue() {
    SagaState state = state(SagaStatus.RUNNING, List.of(), Optional.empty());

    assertThat(state.isOverdue(Instant.MAX)).isFalse();
  }

  @Test
  void givenASagaThatTurnedBack_whenItIsStuck_thenItTellsWhyItIsStuck() {
    SagaState state = running(List.of()).withTurnReason("Cancelled by ann.");
    SagaState.Stuck stuck = new SagaState.Stuck(SagaStatus.COMPENSATING, "no answer");

    SagaState both = state.withStuck(Optional.of(stuck));

    assertThat(state.reason()).contains("Cancelled by ann.");
    assertThat(both.reason()).contains("no answer");
    assertThat(both.stuckFrom()).contains(SagaStatus.COMPENSATING);
  }

  private static SagaState running(List<StepStatus> standing) {
    List<StepState> steps = standing.stream().map(StepState.PENDING::with).toList();
    return state(SagaStatus.RUNNING, steps, Optional.empty());
  }

  private static SagaState state(
      SagaStatus status, List<StepState> steps, Optional<Instant> deadline) {
    return new SagaState(status, 7, steps, deadline, Optional.empty(), Optional.empty());
  }
}
