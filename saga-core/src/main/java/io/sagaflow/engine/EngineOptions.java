package io.sagaflow.engine;

import io.sagaflow.SagaStoreException;
import io.sagaflow.store.JournalRefusedException;
import java.time.Duration;

/**
 * How the engine works, with safe defaults.
 *
 * @param nodeName names this process; a process that joins under the same name supersedes it
 * @param lease a node that wasn't seen alive for so long is taken for dead
 * @param poll how often the store is asked for due sagas and commands
 * @param drain how long {@code close()} waits for running calls
 * @param interruptGrace how long an interrupted call may go on before it counts as leaked
 * @param parkAfter a saga that waits longer than this leaves memory
 * @param storeTimeout how long {@code start} waits for the store
 * @param startPatience how long {@code start} waits for room in memory; zero for not at all
 * @param limits what is accepted
 * @param logUserData whether logs may show messages of failures, which may quote user data
 */
public record EngineOptions(
    String nodeName,
    Duration lease,
    Duration poll,
    Duration drain,
    Duration interruptGrace,
    Duration parkAfter,
    Duration storeTimeout,
    Duration startPatience,
    Limits limits,
    boolean logUserData) {

  private static final Duration SHORTEST_LEASE = Duration.ofMillis(500);
  private static final Duration LONGEST_LEASE = Duration.ofDays(1);
  private static final Duration LONGEST_BEAT = Duration.ofMillis(500);

  /** Refuses what can't work. */
  public EngineOptions {
    positive(lease, "leaseDuration");
    positive(poll, "pollInterval");
    positive(interruptGrace, "interruptGrace");
    positive(parkAfter, "parkAfter");
    positive(storeTimeout, "storeTimeout");
    notNegative(drain, "drainTimeout");
    notNegative(startPatience, "startPatience");
    if (nodeName.isBlank() || nodeName.length() > 100) {
      throw new IllegalArgumentException(
          "nodeName must have 1 to 100 characters and not be blank; got '" + nodeName + "'");
    }
    if (!Texts.isStorable(nodeName)) {
      throw new IllegalArgumentException(
          "nodeName must have no control characters and no unpaired surrogates");
    }
    if (lease.compareTo(SHORTEST_LEASE) < 0) {
      throw new IllegalArgumentException(
          "leaseDuration must be at least 500 ms, or a pause of the JVM loses it; got " + lease);
    }
    if (lease.compareTo(LONGEST_LEASE) > 0) {
      throw new IllegalArgumentException(
          "leaseDuration must be at most a day: so long a dead node's sagas rest; got " + lease);
    }
  }

  private static void positive(Duration duration, String name) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + " must be positive; got " + duration);
    }
  }

  private static void notNegative(Duration duration, String name) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative; got " + duration);
    }
  }

  /** A failure as it may be logged, with its stack trace. */
  Throwable loggable(Throwable failure) {
    return logUserData ? failure : MessageWithheld.of(failure);
  }

  /** A failure as it may be logged, in a line: what a store says of itself is shown. */
  String brief(Throwable failure) {
    boolean shown = failure instanceof SagaStoreException && !isRefusal(failure);
    return shown || logUserData ? Texts.describe(failure) : Texts.name(failure.getClass());
  }

  /** It may quote what was refused. */
  private static boolean isRefusal(Throwable failure) {
    return failure instanceof JournalRefusedException;
  }

  /**
   * How often the lease is renewed and the others are looked at. A node dies right after a beat
   * that another sees one beat later, and is found silent at a beat again, so the lease of a dead
   * node outlives it by two of these at most.
   */
  Duration beat() {
    Duration quarter = lease.dividedBy(4);
    return quarter.compareTo(LONGEST_BEAT) < 0 ? quarter : LONGEST_BEAT;
  }

  /** How long after a renewal was sent work may be started: less than others wait. */
  long leaseValidityNanos() { // asked before each call, and Durations are divided as decimals
    return lease.toNanos() / 10 * 8;
  }

  /**
   * What is accepted.
   *
   * @param payloadBytes the largest input or result, in bytes
   * @param recoveries how often a saga is taken over without progress before it is stuck
   * @param journalRecords how long a journal may grow through retries before its saga is stuck
   * @param inMemory how many sagas are in memory at most, beside children
   */
  public record Limits(int payloadBytes, int recoveries, int journalRecords, int inMemory) {

    /** The defaults: 256 KiB, 25 take-overs, 10,000 records, 10,000 sagas. */
    public static final Limits DEFAULTS = new Limits(256 << 10, 25, 10_000, 10_000);

    /** What a store surely takes; a record that it can't take at all might hold up others. */
    private static final int LARGEST_PAYLOAD = 16 << 20;

    /** Room for some retries beside what an ordinary saga appends. */
    private static final int FEWEST_RECORDS = 100;

    /** Refuses what can't work. */
    public Limits {
      atLeast(1, payloadBytes, "maxPayloadBytes");
      atLeast(1, recoveries, "maxRecoveries");
      atLeast(FEWEST_RECORDS, journalRecords, "maxJournalRecords");
      atLeast(1, inMemory, "maxSagasInMemory");
      if (payloadBytes > LARGEST_PAYLOAD) {
        throw new IllegalArgumentException(
            "maxPayloadBytes must be at most 16 MiB: keep large data elsewhere and pass its key;"
                + " got "
                + payloadBytes);
      }
    }

    private static void atLeast(int least, int value, String name) {
      if (value < least) {
        throw new IllegalArgumentException(name + " must be at least " + least + "; got " + value);
      }
    }
  }
}
