package io.sagaflow.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutcomeTest {

  @ParameterizedTest
  @CsvSource({"SUCCEEDED, false", "REJECTED, false", "FAILED, true", "ABORTED, true"})
  void givenAnOutcome_whenAsked_thenOnlyFailuresAreInDoubt(Outcome.Kind kind, boolean inDoubt) {
    Outcome outcome = new Outcome(kind, Optional.empty(), "");

    assertThat(outcome.isInDoubt()).isEqualTo(inDoubt);
  }
}
