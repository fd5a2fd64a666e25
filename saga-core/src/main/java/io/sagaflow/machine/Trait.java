package io.sagaflow.machine;

/** What may be said of a step beside its kind; part of a plan's {@link Plan#fingerprint}. */
public enum Trait {
  /** It has a compensation. */
  COMPENSATED("c", "a compensation"),
  /** Its action is never called a second time. */
  AT_MOST_ONCE("1", "at-most-once"),
  /** A call says whether its action may begin, and when: its condition, or the locks it needs. */
  CONDITIONAL("?", "a condition or locks"),
  /** A status query settles an unknown outcome of its action. */
  PROBED("p", "a probe"),
  /** It runs another saga. */
  CHILD("child", "a child saga"),
  /**
   * Its action and the record of its success are committed together: without the record, it had no
   * effect.
   */
  TRANSACTIONAL("t", "transactional");

  private final String mark;
  private final String description;

  Trait(String mark, String description) {
    this.mark = mark;
    this.description = description;
  }

  String mark() {
    return mark;
  }

  /** What a step with a mark has; the mark itself if it is of another release. */
  static String describe(String mark) {
    for (Trait trait : values()) {
      if (trait.mark.equals(mark)) {
        return trait.description;
      }
    }
    return "'" + mark + "'";
  }
}
