package io.sagaflow.machine;

/** What may be said of a step beside its kind; part of a plan's {@link Plan#fingerprint}. */
public enum Trait {
  /** It has a compensation. */
  COMPENSATED("c"),
  /** Its action is never called a second time. */
  AT_MOST_ONCE("1"),
  /** It is skipped unless its condition holds. */
  CONDITIONAL("?"),
  /** A status query settles an unknown outcome of its action. */
  PROBED("p"),
  /** It runs another saga. */
  CHILD("child");

  private final String mark;

  Trait(String mark) {
    this.mark = mark;
  }

  String mark() {
    return mark;
  }
}
