package io.sagaflow.testkit.database;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What becomes of an exchange on the wire.
 *
 * @param outcome what happens to it
 * @param before how long a batch takes to the database
 * @param after how long the answer to a batch, or the news that the connection broke, takes back
 * @param inDoubt how long a transaction in doubt holds its locks before it is decided
 */
public record Fate(Outcome outcome, Duration before, Duration after, Duration inDoubt) {

  /** The four commit points, and how the last of them is decided. */
  public enum Outcome {
    /** It is carried out, and the client learns how. */
    ANSWERED,
    /** The connection broke before anything was sent, and the client knows that. */
    NOT_SENT,
    /** It was sent and is lost: nothing is committed, and the client can't know. */
    ABORTED,
    /** It is committed, and the client can't know. */
    ANSWER_LOST,
    /** The client can't know; the database holds the transaction open, and commits it later. */
    COMMITTED_LATER,
    /** The client can't know; the database holds the transaction open, and aborts it later. */
    ABORTED_LATER;

    boolean isLater() {
      return this == COMMITTED_LATER || this == ABORTED_LATER;
    }
  }

  /** Carried out and answered at once. */
  public static final Fate ANSWERED = at(Outcome.ANSWERED);

  /** Fails before it is sent. */
  public static final Fate NOT_SENT = at(Outcome.NOT_SENT);

  /** Sent and lost. */
  public static final Fate ABORTED = at(Outcome.ABORTED);

  /** Committed, and the answer lost. */
  public static final Fate ANSWER_LOST = at(Outcome.ANSWER_LOST);

  /** Refuses nulls and negative durations. */
  public Fate {
    requireNonNull(outcome, "outcome");
    if (before.isNegative() || after.isNegative() || inDoubt.isNegative()) {
      throw new IllegalArgumentException("Nothing takes less than no time");
    }
  }

  private static Fate at(Outcome outcome) {
    return new Fate(outcome, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  /**
   * Leaves an exchange in doubt for a while, and commits it then.
   *
   * @param inDoubt how long it holds its locks
   * @return the fate
   */
  public static Fate committedAfter(Duration inDoubt) {
    return new Fate(Outcome.COMMITTED_LATER, Duration.ZERO, Duration.ZERO, inDoubt);
  }

  /**
   * Leaves an exchange in doubt for a while, and aborts it then.
   *
   * @param inDoubt how long it holds its locks
   * @return the fate
   */
  public static Fate abortedAfter(Duration inDoubt) {
    return new Fate(Outcome.ABORTED_LATER, Duration.ZERO, Duration.ZERO, inDoubt);
  }

  /**
   * Lets a batch take time on the wire; other exchanges take none.
   *
   * @param there how long to the database
   * @param back how long back
   * @return a fate with these latencies
   */
  public Fate within(Duration there, Duration back) {
    return new Fate(outcome, there, back, inDoubt);
  }
}
