package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * How often, and after which pauses, a failed action or compensation is tried again: exponential
 * backoff with jitter. Immutable; the methods with an argument return a changed copy.
 *
 * @param initialDelay the pause after the first failed attempt; at least 1 ms
 * @param maxDelay the longest pause; at least {@code initialDelay}
 * @param multiplier the factor from one pause to the next; at least 1
 * @param jitter the share of each pause that is left to chance, from 0 (none) to 1; it keeps sagas
 *     that failed together from coming back together
 * @param maxAttempts the number of attempts, the first included; at least 1, {@link #UNLIMITED} for
 *     no bound
 * @param maxElapsed no attempt starts later than this after the first failure; empty for no bound
 */
public record RetryPolicy(
    Duration initialDelay,
    Duration maxDelay,
    double multiplier,
    double jitter,
    int maxAttempts,
    Optional<Duration> maxElapsed) {

  /** The number of attempts that stands for no bound. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  private static final Duration SHORTEST_DELAY = Duration.ofMillis(1);
  private static final Duration LONGEST_DELAY = Duration.ofDays(365);
  private static final double DEFAULT_JITTER = 0.5;
  private static final RetryPolicy FOREVER =
      exponential(Duration.ofMillis(100), Duration.ofMinutes(5));

  /** Refuses values out of range, saying which. */
  public RetryPolicy {
    requireNonNull(initialDelay, "initialDelay");
    requireNonNull(maxDelay, "maxDelay");
    requireNonNull(maxElapsed, "maxElapsed");
    check(
        initialDelay.compareTo(SHORTEST_DELAY) >= 0,
        "initialDelay must be at least 1 ms; got " + initialDelay);
    check(
        maxDelay.compareTo(initialDelay) >= 0,
        "maxDelay must be at least initialDelay " + initialDelay + "; got " + maxDelay);
    check(
        maxDelay.compareTo(LONGEST_DELAY) <= 0,
        "maxDelay must be at most 365 days; got " + maxDelay);
    check(multiplier >= 1 && multiplier <= 100, "multiplier must be 1 to 100; got " + multiplier);
    check(jitter >= 0 && jitter <= 1, "jitter must be 0 to 1; got " + jitter);
    check(maxAttempts >= 1, "maxAttempts must be at least 1; got " + maxAttempts);
    maxElapsed.ifPresent(
        elapsed ->
            check(
                !elapsed.isNegative() && !elapsed.isZero(),
                "maxElapsed must be positive; got " + elapsed));
  }

  /**
   * Doubles the pause each time up to a cap, with half of it left to chance, without a bound on
   * attempts.
   *
   * @param initialDelay the pause after the first failed attempt
   * @param maxDelay the longest pause
   * @return the policy
   * @throws IllegalArgumentException if a value is out of range
   */
  public static RetryPolicy exponential(Duration initialDelay, Duration maxDelay) {
    return new RetryPolicy(initialDelay, maxDelay, 2, DEFAULT_JITTER, UNLIMITED, Optional.empty());
  }

  /**
   * Pauses equally long each time, without jitter and without a bound on attempts.
   *
   * @param delay the pause
   * @return the policy
   * @throws IllegalArgumentException if the value is out of range
   */
  public static RetryPolicy fixed(Duration delay) {
    return new RetryPolicy(delay, delay, 1, 0, UNLIMITED, Optional.empty());
  }

  /**
   * One attempt, no retry.
   *
   * @return the policy
   */
  public static RetryPolicy none() {
    return FOREVER.maxAttempts(1);
  }

  /**
   * The default of actions before the pivot: five attempts, with pauses of at most 100, 200, 400
   * and 800 ms, half of each left to chance. So it gives up after 0.75 to 1.5 s, not counting what
   * the attempts themselves take.
   *
   * @return the policy
   */
  public static RetryPolicy brief() {
    return exponential(Duration.ofMillis(100), Duration.ofSeconds(10)).maxAttempts(5);
  }

  /**
   * The default of compensations: from 100 ms to 5 minutes apart, for 24 hours.
   *
   * @return the policy
   */
  public static RetryPolicy persistent() {
    return FOREVER.maxElapsed(Duration.ofHours(24));
  }

  /**
   * The default of the pivot and what follows it: from 100 ms to 5 minutes apart, until it
   * succeeds, or the journal reaches its limit (10,000 records by default).
   *
   * @return the policy
   */
  public static RetryPolicy forever() {
    return FOREVER;
  }

  /**
   * Bounds the number of attempts.
   *
   * @param attempts the number, the first attempt included; at least 1
   * @return a changed copy
   * @throws IllegalArgumentException if the value is out of range
   */
  public RetryPolicy maxAttempts(int attempts) {
    return new RetryPolicy(initialDelay, maxDelay, multiplier, jitter, attempts, maxElapsed);
  }

  /**
   * Bounds the time in which attempts start.
   *
   * @param elapsed the time since the first failure; positive
   * @return a changed copy
   * @throws IllegalArgumentException if the value is out of range
   */
  public RetryPolicy maxElapsed(Duration elapsed) {
    return new RetryPolicy(
        initialDelay, maxDelay, multiplier, jitter, maxAttempts, Optional.of(elapsed));
  }

  /**
   * Sets the factor from one pause to the next.
   *
   * @param factor 1 to 100
   * @return a changed copy
   * @throws IllegalArgumentException if the value is out of range
   */
  public RetryPolicy multiplier(double factor) {
    return new RetryPolicy(initialDelay, maxDelay, factor, jitter, maxAttempts, maxElapsed);
  }

  /**
   * Sets the share of each pause that is left to chance.
   *
   * @param share 0 to 1
   * @return a changed copy
   * @throws IllegalArgumentException if the value is out of range
   */
  public RetryPolicy jitter(double share) {
    return new RetryPolicy(initialDelay, maxDelay, multiplier, share, maxAttempts, maxElapsed);
  }

  /**
   * Returns the pause after a failed attempt.
   *
   * @param attempt the attempt that failed, from 1
   * @param roll a random number from 0 (inclusive) to 1 (exclusive)
   * @return the pause
   */
  public Duration delayAfter(int attempt, double roll) {
    double longest = maxDelay.toNanos();
    double grown = initialDelay.toNanos() * Math.pow(multiplier, attempt - 1.0);
    double full = Math.min(longest, grown);
    return Duration.ofNanos((long) (full * (1 - jitter * roll)));
  }

  /**
   * Returns whether another attempt may follow.
   *
   * @param attempt the attempt that failed, from 1
   * @param elapsed the time from the first failure to the start of the attempt that would follow
   * @return whether it may
   */
  public boolean allowsAnother(int attempt, Duration elapsed) {
    return attempt < maxAttempts && maxElapsed.map(max -> elapsed.compareTo(max) <= 0).orElse(true);
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
