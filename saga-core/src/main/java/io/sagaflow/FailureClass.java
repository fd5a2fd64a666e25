package io.sagaflow;

/** What a failed attempt of an action says about its effect, and about trying again. */
public enum FailureClass {
  /** Surely no effect: not retried, not compensated. */
  REJECTED,
  /** Perhaps an effect: tried again as the policy allows. */
  RETRIED,
  /** Perhaps an effect, but trying again is pointless. */
  ABORTED
}
