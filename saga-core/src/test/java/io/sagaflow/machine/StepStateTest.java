package io.sagaflow.machine;

import static io.sagaflow.machine.Story.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.StepStatus;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepStateTest {

  private static final StepState FAILED =
      StepState.PENDING.opened().failedUntil(second(1), "no answer", second(2));

  @Test
  void givenNoFailure_whenAskedAtAnyTime_thenAnAttemptIsDue() {
    assertThat(StepState.PENDING.isDue(Instant.MIN)).isTrue();
  }

  @Test
  void givenAFailure_whenItsPauseEnds_thenTheNextAttemptIsDue() {
    assertThat(FAILED.isDue(second(2).minusNanos(1))).isFalse();
    assertThat(FAILED.isDue(second(2))).isTrue();
    assertThat(FAILED.isDue(second(2).plusNanos(1))).isTrue();
  }

  @Test
  void givenFailures_whenAnotherFollows_thenTheFirstOnesTimeAndTheLastOnesErrorAreKept() {
    StepState twice = FAILED.failedUntil(second(3), "bad gateway", second(4));

    assertThat(twice)
        .isEqualTo(
            new StepState(
                StepStatus.PENDING,
                true,
                2,
                Optional.of(second(1)),
                Optional.of(second(4)),
                Optional.of("bad gateway"),
                Optional.empty(),
                StepState.Waiting.NONE));
  }

  @Test
  void givenFailures_whenTheStepRests_thenOnlyWhatItDidIsKept() {
    StepState rested = FAILED.with(StepStatus.UNKNOWN).rested();

    assertThat(rested).isEqualTo(StepState.PENDING.opened().with(StepStatus.UNKNOWN));
  }

  @Test
  void givenFailures_whenTheStepCompletes_thenOnlyItsResultIsKept() {
    StepState completed = FAILED.completed(Optional.of(Facts.RESULT));

    assertThat(completed)
        .isEqualTo(
            new StepState(
                StepStatus.COMPLETED,
                false,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Facts.RESULT),
                StepState.Waiting.NONE));
  }

  @Test
  void givenAStep_whenItFailsForGood_thenItsErrorIsKept() {
    assertThat(FAILED.failed("sold out").error()).contains("sold out");
    assertThat(FAILED.failed("sold out").attempts()).isEqualTo(1);
  }
}
