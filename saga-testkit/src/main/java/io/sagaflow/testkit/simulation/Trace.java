package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.loop.EventLoop;
import java.util.ArrayList;
import java.util.List;

/** What happened: a hash of it always, and lines for people in a run that is told. */
final class Trace {

  private static final int LONGEST = 20_000;

  private final EventLoop loop;
  private final boolean told;
  private final List<String> lines = new ArrayList<>();
  private long hash = 1;

  Trace(EventLoop loop, boolean told) {
    this.loop = loop;
    this.told = told;
  }

  void note(long what, long more) {
    hash = Dice.mix(hash ^ loop.nanos()) + Dice.mix(what * 31 + more);
  }

  /** Ask before a line is put together, which costs more than the event itself. */
  boolean isTold() {
    return told;
  }

  void tell(String line) {
    if (lines.size() < LONGEST) {
      long micros = loop.nanos() / 1_000;
      lines.add(String.format("%6d.%06d  %s", micros / 1_000_000, micros % 1_000_000, line));
    }
  }

  long hash() {
    return hash;
  }

  List<String> lines() {
    return lines;
  }
}
