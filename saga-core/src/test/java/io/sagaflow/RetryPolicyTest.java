package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {

  private static final double LARGEST_ROLL = Math.nextDown(1.0);
  private static final Duration YEAR = Duration.ofDays(365);

  private static final RetryPolicy DOUBLING =
      RetryPolicy.exponential(Duration.ofMillis(100), Duration.ofSeconds(10)).jitter(0);

  @ParameterizedTest
  @CsvSource({"1,100", "2,200", "3,400", "7,6400", "8,10000", "9,10000"})
  void givenDoublingWithoutJitter_whenAttemptsFail_thenThePauseDoublesUpToTheCap(
      int attempt, long millis) {
    assertThat(DOUBLING.delayAfter(attempt, 0.7)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, Integer.MAX_VALUE})
  void givenALateAttempt_whenItsPauseIsAsked_thenItIsTheCapHoweverFastItGrows(int attempt) {
    RetryPolicy fastest = new RetryPolicy(YEAR, YEAR, 100, 0, 1, Optional.empty());

    assertThat(DOUBLING.delayAfter(attempt, 0)).isEqualTo(Duration.ofSeconds(10));
    assertThat(fastest.delayAfter(attempt, 0)).isEqualTo(YEAR);
  }

  @ParameterizedTest
  @CsvSource({"0,4000", "0.5,3000", "0.999999,2000"})
  void givenHalfOfThePauseLeftToChance_whenRolled_thenItIsShortenedByUpToHalf(
      double roll, long millis) {
    RetryPolicy policy = RetryPolicy.fixed(Duration.ofSeconds(4)).jitter(0.5);

    Duration delay = policy.delayAfter(1, roll);

    assertThat(delay).isCloseTo(Duration.ofMillis(millis), Duration.ofMillis(1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void givenAnyPolicy_whenItsPausesAreAsked_thenTheyNeverLeaveTheirBounds(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 1_000; i++) {
      Duration first = Duration.ofMillis(random.nextLong(1, 10_000));
      Duration longest = first.plusMillis(random.nextLong(0, 1_000_000));
      double jitter = random.nextDouble();
      double factor = random.nextDouble(1, 100);
      RetryPolicy policy = new RetryPolicy(first, longest, factor, jitter, 1, Optional.empty());
      int attempt = random.nextInt(1, Integer.MAX_VALUE);

      Duration delay = policy.delayAfter(attempt, random.nextDouble());

      long least = (long) (first.toNanos() * (1 - jitter)) - 1;
      assertThat(delay).as("seed %s, %s", seed, policy).isLessThanOrEqualTo(longest);
      assertThat(delay.toNanos()).as("seed %s, %s", seed, policy).isGreaterThanOrEqualTo(least);
    }
  }

  @Test
  void givenAllOfThePauseLeftToChance_whenRolled_thenItIsNeverNegative() {
    RetryPolicy policy = RetryPolicy.fixed(YEAR).jitter(1);

    assertThat(policy.delayAfter(10_000, LARGEST_ROLL)).isBetween(Duration.ZERO, YEAR);
    assertThat(policy.delayAfter(10_000, 0)).isEqualTo(YEAR);
  }

  @Test
  void givenABoundOnAttempts_whenTheLastFails_thenNoneFollows() {
    RetryPolicy policy = DOUBLING.maxAttempts(3);

    assertThat(policy.allowsAnother(2, Duration.ofDays(1_000))).isTrue();
    assertThat(policy.allowsAnother(3, Duration.ZERO)).isFalse();
    assertThat(policy.allowsAnother(4, Duration.ZERO)).isFalse();
  }

  @Test
  void givenABoundOnTime_whenTheNextAttemptWouldStartLater_thenNoneFollows() {
    RetryPolicy policy = DOUBLING.maxElapsed(Duration.ofSeconds(5));

    assertThat(policy.allowsAnother(1_000_000, Duration.ofSeconds(5))).isTrue();
    assertThat(policy.allowsAnother(1, Duration.ofSeconds(5).plusNanos(1))).isFalse();
  }

  @Test
  void givenNoBound_whenAttemptsFail_thenAnotherFollows() {
    assertThat(RetryPolicy.forever().allowsAnother(1_000_000_000, YEAR.multipliedBy(1_000)))
        .isTrue();
  }

  @Test
  void givenTheNamedPolicies_whenLookedAt_thenTheyAreAsDocumented() {
    Duration first = Duration.ofMillis(100);
    Duration minutes = Duration.ofMinutes(5);
    int unlimited = RetryPolicy.UNLIMITED;

    assertThat(RetryPolicy.none().allowsAnother(1, Duration.ZERO)).isFalse();
    assertThat(RetryPolicy.brief())
        .isEqualTo(new RetryPolicy(first, Duration.ofSeconds(10), 2, 0.5, 5, Optional.empty()));
    assertThat(RetryPolicy.persistent())
        .isEqualTo(
            new RetryPolicy(first, minutes, 2, 0.5, unlimited, Optional.of(Duration.ofHours(24))));
    assertThat(RetryPolicy.forever())
        .isEqualTo(new RetryPolicy(first, minutes, 2, 0.5, unlimited, Optional.empty()));
    assertThat(RetryPolicy.fixed(first))
        .isEqualTo(new RetryPolicy(first, first, 1, 0, unlimited, Optional.empty()));
  }

  @Test
  void givenAPolicy_whenChanged_thenOnlyTheCopyChanges() {
    RetryPolicy policy = RetryPolicy.brief();

    RetryPolicy changed =
        policy.maxAttempts(9).maxElapsed(Duration.ofHours(1)).multiplier(3).jitter(0.1);

    assertThat(policy).isEqualTo(RetryPolicy.brief());
    assertThat(changed)
        .isEqualTo(
            new RetryPolicy(
                policy.initialDelay(),
                policy.maxDelay(),
                3,
                0.1,
                9,
                Optional.of(Duration.ofHours(1))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.000999999S", "PT-1S"})
  void givenFirstPauseBelowAMillisecond_whenCreated_thenRefused(String delay) {
    assertThatThrownBy(() -> RetryPolicy.exponential(Duration.parse(delay), YEAR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("initialDelay")
        .hasMessageContaining(Duration.parse(delay).toString());
  }

  @Test
  void givenLongestPauseOutOfRange_whenCreated_thenRefused() {
    Duration second = Duration.ofSeconds(1);

    assertThatThrownBy(() -> RetryPolicy.exponential(second, second.minusNanos(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxDelay must be at least initialDelay PT1S");
    assertThatThrownBy(() -> RetryPolicy.exponential(second, YEAR.plusNanos(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxDelay must be at most 365 days");
    assertThat(RetryPolicy.exponential(second, YEAR).maxDelay()).isEqualTo(YEAR);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.999, 100.001, -2, Double.NaN, Double.POSITIVE_INFINITY})
  void givenMultiplierOutOfRange_whenSet_thenRefused(double factor) {
    assertThatThrownBy(() -> DOUBLING.multiplier(factor))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiplier must be 1 to 100; got " + factor);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.001, 1.001, Double.NaN})
  void givenJitterOutOfRange_whenSet_thenRefused(double share) {
    assertThatThrownBy(() -> DOUBLING.jitter(share))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jitter must be 0 to 1; got " + share);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void givenNoAttempts_whenSet_thenRefused(int attempts) {
    assertThatThrownBy(() -> DOUBLING.maxAttempts(attempts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxAttempts must be at least 1; got " + attempts);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S"})
  void givenNoTime_whenSet_thenRefused(String elapsed) {
    assertThatThrownBy(() -> DOUBLING.maxElapsed(Duration.parse(elapsed)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxElapsed must be positive");
  }
}
