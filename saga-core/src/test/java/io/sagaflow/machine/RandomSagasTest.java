package io.sagaflow.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of sagas of generated plans, with generated faults, keep the invariants. A failure
 * tells the seed of its saga, which is played again alone with {@code -Dsagaflow.seed=}.
 */
class RandomSagasTest {

  private static final String SEED = "sagaflow.seed";
  private static final int SAGAS = 4_000;
  private static final int BATCH = 100;

  /** A step was skipped behind one whose compensation is stuck; {@link EverySagaTest} takes it. */
  private static final Coverage.Transition TOO_RARE =
      new Coverage.Transition(
          StepStatus.SKIPPED, RecordKind.SAGA_FORCED_FORWARD, StepStatus.PENDING);

  @ParameterizedTest(name = "from seed {0}")
  @MethodSource("batches")
  void givenAnyPlan_whenAnythingHappens_thenTheInvariantsHold(long first) {
    RandomSagas sagas = new RandomSagas(new Coverage());
    int batch = Long.getLong(SEED) == null ? BATCH : 1;

    for (long seed = first; seed < first + batch; seed++) {
      SimulatedSaga saga = sagas.play(seed);

      assertThat(saga.hasEnded()).isTrue();
    }
  }

  static LongStream batches() {
    Long seed = Long.getLong(SEED);
    return seed == null
        ? LongStream.range(0, SAGAS / BATCH).map(batch -> batch * BATCH)
        : LongStream.of(seed);
  }

  @Test
  void givenManySagas_whenAnythingHappens_thenEveryLegalTransitionIsTaken() {
    Coverage coverage = new Coverage();
    RandomSagas sagas = new RandomSagas(coverage);

    for (long seed = 0; seed < 3_000; seed++) {
      sagas.play(seed);
    }

    Set<Coverage.Transition> legal = Coverage.legal();
    legal.remove(TOO_RARE);
    assertThat(coverage.taken()).containsAll(legal).isSubsetOf(Coverage.legal());
  }

  /** Else the properties would say little about one of the two. */
  @Test
  void givenManySagas_whenTheyEnd_thenManyHaveCompletedAndManyAreCompensated() {
    Map<SagaStatus, Integer> ends = new EnumMap<>(SagaStatus.class);
    RandomSagas sagas = new RandomSagas(new Coverage());

    for (long seed = 0; seed < 500; seed++) {
      ends.merge(sagas.play(seed).state().status(), 1, Integer::sum);
    }

    assertThat(ends).containsOnlyKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
    assertThat(ends.values()).allMatch(count -> count > 100);
  }

  @Test
  void givenASeed_whenItIsPlayedTwice_thenTheSagaIsTheSame() {
    RandomSagas sagas = new RandomSagas(new Coverage());

    SimulatedSaga first = sagas.play(42);
    SimulatedSaga second = sagas.play(42);

    assertThat(Timeline.of(second)).isEqualTo(Timeline.of(first));
  }
}
