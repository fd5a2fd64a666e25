package io.sagaflow;

import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.RUNNING;
import static io.sagaflow.SagaStatus.STUCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sagaflow.SagaCounts.Count;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked about sagas, checked where it is said. */
class SagaQueryTest {

  @Test
  void givenAQuery_whenChanged_thenTheOriginalStays() {
    SagaQuery query = SagaQuery.all().status(STUCK, RUNNING).definition("place-order");

    SagaQuery changed = query.status(COMPLETED).step("charge").newestFirst().limit(7).after("x");

    assertThat(query.statuses()).containsExactlyInAnyOrder(STUCK, RUNNING);
    assertThat(query.paging().limit()).isEqualTo(100);
    assertThat(changed.statuses()).containsExactly(COMPLETED);
    assertThat(changed.definition()).contains("place-order");
    assertThat(changed.paging()).isEqualTo(new SagaQuery.Paging(true, 7, Optional.of("x")));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1_001})
  void givenALimitOutOfRange_whenSet_thenRefused(int limit) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SagaQuery.all().limit(limit))
        .withMessage("limit must be from 1 to 1,000; got " + limit);
  }

  @Test
  void givenBlankNamesOrANegativeAge_whenSet_thenRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SagaQuery.all().definition(" "))
        .withMessage("definition must not be blank");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SagaQuery.all().step(""))
        .withMessage("step must not be blank");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SagaQuery.all().olderThan(Duration.ofSeconds(-1)))
        .withMessageStartingWith("olderThan must not be negative");
  }

  @Test
  void givenPages_whenDescribed_thenTheyAreOfOneSubject() {
    SagaQuery query = SagaQuery.all().status(STUCK, RUNNING).olderThan(Duration.ofHours(1));

    assertThat(query.limit(5).after("x").subject()).isEqualTo(query.subject());
    assertThat(query.status(RUNNING, STUCK).subject()).isEqualTo(query.subject());
    assertThat(query.newestFirst().subject()).isNotEqualTo(query.subject());
    assertThat(query.step("a").subject()).isNotEqualTo(query.subject());
    assertThat(query.definition("a").subject()).isNotEqualTo(query.subject());
    assertThat(query.olderThan(Duration.ofHours(2)).subject()).isNotEqualTo(query.subject());
  }

  @Test
  void givenCountsOfSomeStatuses_whenRead_thenTheOthersAreExactlyZero() {
    SagaCounts counts = new SagaCounts(Map.of(COMPLETED, new Count(1_000_000, false)));

    assertThat(counts.of(COMPLETED)).hasToString("about 1000000");
    assertThat(counts.of(STUCK)).isEqualTo(new Count(0, true)).hasToString("0");
    assertThat(counts.byStatus()).containsOnlyKeys(SagaStatus.values());
    assertThatIllegalArgumentException().isThrownBy(() -> new Count(-1, true));
  }
}
