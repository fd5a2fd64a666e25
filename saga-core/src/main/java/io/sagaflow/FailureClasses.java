package io.sagaflow;

import java.util.Set;

/**
 * Which exceptions of an action mean what. The most specific declaration isn't searched: a
 * rejection wins over an abort, an abort over a retry.
 *
 * @param rejectedBy definite rejections, beside {@link StepRejectedException}
 * @param retryOn what is retried; empty for everything
 * @param abortOn what isn't retried
 */
public record FailureClasses(
    Set<Class<? extends Throwable>> rejectedBy,
    Set<Class<? extends Throwable>> retryOn,
    Set<Class<? extends Throwable>> abortOn) {

  /** Copies the sets. */
  public FailureClasses {
    rejectedBy = Set.copyOf(rejectedBy);
    retryOn = Set.copyOf(retryOn);
    abortOn = Set.copyOf(abortOn);
  }

  /**
   * Says what a failure means.
   *
   * @param failure what the action threw
   * @return its class
   */
  public FailureClass classify(Throwable failure) {
    if (failure instanceof StepRejectedException || isAny(rejectedBy, failure)) {
      return FailureClass.REJECTED;
    }
    boolean retried = !isAny(abortOn, failure) && (retryOn.isEmpty() || isAny(retryOn, failure));
    return retried ? FailureClass.RETRIED : FailureClass.ABORTED;
  }

  private static boolean isAny(Set<Class<? extends Throwable>> classes, Throwable failure) {
    return classes.stream().anyMatch(type -> type.isInstance(failure));
  }
}
