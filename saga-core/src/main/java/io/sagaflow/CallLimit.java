package io.sagaflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How many calls a coordinator makes at a time, and how many within a while.
 *
 * @param concurrent how many may run at the same time; empty for no bound
 * @param rate how many may begin within a while; empty for no bound
 */
public record CallLimit(OptionalInt concurrent, Optional<Rate> rate) {

  /** No bound. */
  public static final CallLimit NONE = new CallLimit(OptionalInt.empty(), Optional.empty());

  private static final int MOST_CALLS = 100_000;
  private static final Duration LONGEST = Duration.ofDays(1);

  /**
   * How many calls may begin within a while.
   *
   * @param calls how many begin at most within any such time, however it is laid
   * @param per the time
   */
  public record Rate(int calls, Duration per) {}

  /**
   * Returns whether there is nothing to wait for.
   *
   * @return true if there is neither bound
   */
  public boolean isNone() {
    return concurrent.isEmpty() && rate.isEmpty();
  }

  CallLimit withConcurrent(int calls) {
    return new CallLimit(OptionalInt.of(calls), rate);
  }

  CallLimit withRate(int calls, Duration per) {
    return new CallLimit(concurrent, Optional.of(new Rate(calls, per)));
  }

  /** What is wrong with it. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    if (concurrent.orElse(1) < 1) {
      faults.add("maxConcurrent must be at least 1; got " + concurrent.getAsInt());
    }
    rate.ifPresent(
        itsRate -> {
          if (itsRate.calls < 1 || itsRate.calls > MOST_CALLS) {
            faults.add("rateLimit must allow 1 to 100,000 calls; got " + itsRate.calls);
          }
          Duration per = itsRate.per;
          if (per.isNegative() || per.isZero() || per.compareTo(LONGEST) > 0) {
            faults.add("the time of rateLimit must be positive and at most a day; got " + per);
          }
        });
    return faults;
  }
}
