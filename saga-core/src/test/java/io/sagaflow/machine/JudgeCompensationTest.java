package io.sagaflow.machine;

import static io.sagaflow.machine.Facts.completed;
import static io.sagaflow.machine.Facts.turnedBack;
import static io.sagaflow.machine.Plans.step;
import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.store.Fact;
import io.sagaflow.store.StuckCause;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What the outcome of a compensation means: whatever it says, only a success ends it. */
class JudgeCompensationTest {

  private final Story story =
      Story.of(step("a"), step("b")).then(completed("a"), turnedBack()).at(second(5));

  @Test
  void givenACompensation_whenItSucceeds_thenItsStepIsCompensated() {
    Fact fact = story.judge(compensation(2), Outcome.succeeded(Optional.empty()));

    assertThat(fact).isEqualTo(new Fact.StepCompensated("b", 2));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SUCCEEDED")
  void givenAttemptsLeft_whenACompensationDoesNotSucceed_thenItIsRetried(Outcome.Kind kind) {
    Fact fact = story.judge(compensation(2), Outcome.failed(kind, "no answer"));

    assertThat(fact).isEqualTo(new Fact.CompensationFailed("b", 2, "no answer", second(6)));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SUCCEEDED")
  void givenItsLastAttempt_whenACompensationDoesNotSucceed_thenTheSagaIsStuck(Outcome.Kind kind) {
    Fact fact = story.judge(compensation(3), Outcome.failed(kind, "no answer"));

    assertThat(fact)
        .isEqualTo(
            new Fact.SagaStuck(
                StuckCause.COMPENSATION_FAILED,
                Optional.of("b"),
                "Compensation of step b failed after 3 attempts: no answer"));
  }

  private static Call compensation(int attempt) {
    return new Call(1, Direction.COMPENSATION, attempt);
  }
}
