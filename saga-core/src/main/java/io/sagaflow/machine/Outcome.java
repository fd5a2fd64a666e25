package io.sagaflow.machine;

import io.sagaflow.store.Payload;
import java.util.Optional;

/**
 * How an attempt ended.
 *
 * @param kind how
 * @param result what an action returned
 * @param error what a failure says, for people; empty for a success
 */
public record Outcome(Kind kind, Optional<Payload> result, String error) {

  /** How an attempt may end. */
  public enum Kind {
    /** It took effect; or the condition holds. */
    SUCCEEDED,
    /** The condition doesn't hold. */
    SKIPPED,
    /** It waits for something outside, and is to be called again; nothing is journaled. */
    WAITING,
    /** It surely had no effect. */
    REJECTED,
    /** It may have had an effect; trying again may help. */
    FAILED,
    /** It may have had an effect; trying again is pointless. */
    ABORTED
  }

  /**
   * Returns whether it is a failure, of whatever kind.
   *
   * @return true unless the call did what it is for
   */
  public boolean isFailure() {
    return kind == Kind.REJECTED || isInDoubt();
  }

  /**
   * Returns whether the attempt may have had an effect, or not.
   *
   * @return true for {@link Kind#FAILED} and {@link Kind#ABORTED}
   */
  public boolean isInDoubt() {
    return kind == Kind.FAILED || kind == Kind.ABORTED;
  }

  /**
   * A success.
   *
   * @param result what an action returned
   * @return the outcome
   */
  public static Outcome succeeded(Optional<Payload> result) {
    return new Outcome(Kind.SUCCEEDED, result, "");
  }

  /**
   * A condition that was asked.
   *
   * @param holds what it said
   * @return the outcome
   */
  public static Outcome condition(boolean holds) {
    return new Outcome(holds ? Kind.SUCCEEDED : Kind.SKIPPED, Optional.empty(), "");
  }

  /**
   * A call that waits for something outside.
   *
   * @return the outcome
   */
  public static Outcome waiting() {
    return new Outcome(Kind.WAITING, Optional.empty(), "");
  }

  /**
   * A failure.
   *
   * @param kind which, not a success
   * @param error what it says, for people
   * @return the outcome
   */
  public static Outcome failed(Kind kind, String error) {
    return new Outcome(kind, Optional.empty(), error);
  }
}
