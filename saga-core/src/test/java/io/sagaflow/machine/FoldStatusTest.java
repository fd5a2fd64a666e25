package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.compensated;
import static io.sagaflow.machine.Facts.compensationFailed;
import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.failed;
import static io.sagaflow.machine.Facts.refused;
import static io.sagaflow.machine.Facts.rejected;
import static io.sagaflow.machine.Facts.resumed;
import static io.sagaflow.machine.Facts.retried;
import static io.sagaflow.machine.Facts.started;
import static io.sagaflow.machine.Facts.stuck;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Facts.unknown;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.SagaCompensated;
import io.sagaflow.store.Fact.SagaCompleted;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every legal transition of a saga is taken, and every illegal one refused. */
class FoldStatusTest {

  @ParameterizedTest
  @MethodSource("legal")
  void givenAStatus_whenALegalRecordFollows_thenTheSagaGoesWhereItLeads(
      SagaStatus from, Fact fact, SagaStatus to) {
    Story story = sagaThatIs(from);

    story.then(fact);

    assertThat(story.state().status()).isEqualTo(to);
  }

  static Stream<Arguments> legal() {
    return Stream.of(
        arguments(SagaStatus.RUNNING, resumed(), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, started("b"), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, Facts.skipped("b"), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, completed("b"), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, failed("b", second(1)), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, rejected("b"), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, unknown("b"), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, refused(), SagaStatus.RUNNING),
        arguments(SagaStatus.RUNNING, turnedBack(), SagaStatus.COMPENSATING),
        arguments(SagaStatus.RUNNING, stuck(), SagaStatus.STUCK),
        arguments(SagaStatus.COMPENSATING, resumed(), SagaStatus.COMPENSATING),
        arguments(SagaStatus.COMPENSATING, compensated("b"), SagaStatus.COMPENSATING),
        arguments(
            SagaStatus.COMPENSATING, compensationFailed("b", second(1)), SagaStatus.COMPENSATING),
        arguments(SagaStatus.COMPENSATING, refused(), SagaStatus.COMPENSATING),
        arguments(SagaStatus.COMPENSATING, stuck(), SagaStatus.STUCK),
        arguments(SagaStatus.COMPLETED, resumed(), SagaStatus.COMPLETED),
        arguments(SagaStatus.COMPLETED, Facts.reversed(), SagaStatus.COMPENSATING),
        arguments(SagaStatus.STUCK, resumed(), SagaStatus.STUCK),
        arguments(SagaStatus.STUCK, stuck(), SagaStatus.STUCK),
        arguments(SagaStatus.STUCK, refused(), SagaStatus.STUCK),
        arguments(SagaStatus.STUCK, retried(), SagaStatus.RUNNING));
  }

  @ParameterizedTest
  @MethodSource("illegal")
  void givenAStatus_whenAnIllegalRecordFollows_thenItIsRefused(SagaStatus from, RecordKind kind) {
    Story story = sagaThatIs(from);
    SagaState before = story.state();

    for (String step : new String[] {"a", "b", "unheard-of"}) {
      assertThatThrownBy(() -> story.then(Facts.of(kind, step)))
          .isInstanceOf(IllegalTransitionException.class)
          .hasMessage(
              "Record %d %s doesn't fit a saga of place-order v3 that is %s at record %d:"
                  + " it is illegal in this status.",
              before.seq() + 1, kind, from, before.seq());
    }

    assertThat(story.state()).isSameAs(before);
  }

  static Stream<Arguments> illegal() {
    return Stream.of(SagaStatus.values())
        .flatMap(
            status ->
                Stream.of(RecordKind.values())
                    .filter(kind -> Transitions.INSTANCE.next(status, kind).isEmpty())
                    .map(kind -> arguments(status, kind)));
  }

  @ParameterizedTest
  @EnumSource
  void givenAStatus_whenTheStoryIsTold_thenTheSagaIsThere(SagaStatus status) {
    assertThat(sagaThatIs(status).state().status()).isEqualTo(status);
  }

  /** A saga of two steps, of which it has done one unless it has ended. */
  private static Story sagaThatIs(SagaStatus status) {
    Story story = Story.of(step("a"), Plans.conditional("b")).then(completed("a"));
    return switch (status) {
      case RUNNING -> story;
      case COMPENSATING -> story.then(started("b"), turnedBack());
      case COMPLETED -> story.then(completed("b"), new SagaCompleted());
      case COMPENSATED ->
          story.then(
              started("b"),
              turnedBack(),
              compensated("b"),
              compensated("a"),
              new SagaCompensated());
      case STUCK -> story.then(stuck());
    };
  }
}
