package io.sagaflow.testkit;

/** A moment of a run at which a process may die; the same run passes the same ones. */
record CrashPoint(Moment moment, String at) {

  /** Where it lies. */
  enum Moment {
    BEFORE("before"),
    /** After some of a call's effects, and before others. */
    AMID("in the middle of"),
    AFTER("after");

    private final String text;

    Moment(String text) {
      this.text = text;
    }
  }

  static CrashPoint ofWrite(Moment moment, int write) {
    return new CrashPoint(moment, "write " + write);
  }

  static CrashPoint ofCall(Moment moment, Callee callee, int number) {
    return new CrashPoint(moment, number == 1 ? callee.toString() : callee + ", call " + number);
  }

  static CrashPoint ofEffect(Callee callee, int number, int effect) {
    String call = ofCall(Moment.AMID, callee, number).at();
    return new CrashPoint(Moment.AMID, call + ", after effect " + effect);
  }

  @Override
  public String toString() {
    return "crash " + moment.text + " " + at;
  }
}
