package io.sagaflow.testkit;

import java.util.Optional;

/**
 * Something that goes wrong with a step's action or compensation.
 *
 * @param kind what
 * @param callee with which one
 * @param always whether each attempt meets it, and not only the first
 * @param rejection what a rejection throws, if it is a type that the definition names
 */
record CallFault(
    FaultKind kind, Callee callee, boolean always, Optional<Class<? extends Throwable>> rejection) {

  static CallFault once(FaultKind kind, Callee callee) {
    return new CallFault(kind, callee, false, Optional.empty());
  }

  static CallFault always(FaultKind kind, Callee callee) {
    return new CallFault(kind, callee, true, Optional.empty());
  }

  /** Whether the call meets it that is the callee's how-manieth. */
  boolean hits(Callee called, int number) {
    return callee.equals(called) && (always || number == 1);
  }

  boolean isCancel() {
    return kind == FaultKind.CANCEL_BEFORE_EFFECT || kind == FaultKind.CANCEL_AFTER_EFFECT;
  }

  @Override
  public String toString() {
    String text =
        switch (kind) {
          case CRASH -> "crash in " + callee;
          case REJECTION ->
              "reject " + callee + rejection.map(type -> " by " + type.getSimpleName()).orElse("");
          case FAILURE_BEFORE_EFFECT -> "fail " + callee + " before its effect";
          case FAILURE_AFTER_EFFECT -> "fail " + callee + " after its effect";
          case ERROR -> "fail " + callee + " with an Error";
          case TIMEOUT_BEFORE_EFFECT -> "time out " + callee + " before its effect";
          case TIMEOUT_AFTER_EFFECT -> "time out " + callee + " after its effect";
          case DUPLICATE -> "call " + callee + " twice";
          case LATE_DUPLICATE -> "call " + callee + " again after the end";
          case LATE_REQUEST -> "time out " + callee + " and let it arrive after the end";
          case CANCEL_BEFORE_EFFECT -> "cancel in " + callee + " before its effect";
          case CANCEL_AFTER_EFFECT -> "cancel in " + callee + " after its effect";
        };
    return always ? text + ", each time" : text;
  }
}
