package io.sagaflow;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.STUCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy may say, checked where it is said. */
class PurgePolicyTest {

  private static final PurgePolicy MONTH = PurgePolicy.keepFor(Duration.ofDays(30));

  @Test
  void givenOnlyHowLong_whenRead_thenTheRestHasDefaults() {
    assertThat(MONTH.statuses()).isEqualTo(Set.of(COMPLETED, COMPENSATED));
    assertThat(MONTH.every()).isEqualTo(Duration.ofMinutes(10));
    assertThat(MONTH.batch()).isEqualTo(500);
  }

  @Test
  void givenAPolicy_whenChanged_thenTheOriginalStays() {
    PurgePolicy changed = MONTH.statuses(COMPLETED).every(Duration.ofHours(1)).batchOf(1_000);

    assertThat(changed)
        .isEqualTo(
            new PurgePolicy(
                Duration.ofDays(30), EnumSet.of(COMPLETED), Duration.ofHours(1), 1_000));
    assertThat(MONTH.batch()).isEqualTo(500);
  }

  @ParameterizedTest
  @EnumSource(names = {"RUNNING", "COMPENSATING", "STUCK"})
  void givenAStatusThatIsNoEnd_whenNamed_thenRefused(SagaStatus status) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MONTH.statuses(COMPLETED, status))
        .withMessageContaining("Only sagas that have ended can be purged")
        .withMessageEndingWith("got " + status);
  }

  @Test
  void givenNoStatus_whenBuilt_thenRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PurgePolicy(MONTH.keep(), Set.of(), MONTH.every(), 1));
    assertThat(STUCK.isTerminal()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT59.999999999S", "-PT1M", "P36526D"})
  void givenATimeToKeepOutOfRange_whenSet_thenRefused(Duration keep) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PurgePolicy.keepFor(keep))
        .withMessageStartingWith("keepFor must be from PT1M to ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.999S", "PT24H0.001S"})
  void givenAPauseOutOfRange_whenSet_thenRefused(Duration pause) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MONTH.every(pause))
        .withMessageStartingWith("every must be from PT1S to PT24H");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10_001})
  void givenABatchOutOfRange_whenSet_thenRefused(int sagas) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MONTH.batchOf(sagas))
        .withMessage("batch must be from 1 to 10,000; got " + sagas);
  }
}
