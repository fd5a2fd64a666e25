package io.sagaflow.testkit;

import static java.util.stream.Collectors.toCollection;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened in one run, for people. Injected faults are marked. */
final class RunTimeline {

  private static final int MOST_LINES = 200;

  private final VirtualTime time;
  private final Instant start;
  private final List<Line> lines = new ArrayList<>();

  /** Something that happened; written out only if somebody asks, for few runs are looked at. */
  private record Line(Duration after, String mark, String who, String what) {

    @Override
    public String toString() {
      double seconds = after.toMillis() / 1_000.0;
      return String.format(Locale.ROOT, "%10.3f s %s %-9s %s", seconds, mark, who, what);
    }
  }

  RunTimeline(VirtualTime time) {
    this.time = time;
    this.start = time.now();
  }

  void note(String who, String what) {
    add("   ", who, what);
  }

  void fault(String who, String what) {
    add(">>>", who, what);
  }

  int size() {
    return lines.size();
  }

  private void add(String mark, String who, String what) {
    lines.add(new Line(Duration.between(start, time.now()), mark, who, what));
  }

  @Override
  public String toString() {
    List<String> shown = lines.stream().map(Line::toString).collect(toCollection(ArrayList::new));
    if (shown.size() > MOST_LINES) {
      int half = MOST_LINES / 2;
      List<String> middle = shown.subList(half, shown.size() - half);
      String leftOut = "           ... " + middle.size() + " lines left out ...";
      middle.clear();
      shown.add(half, leftOut);
    }
    return String.join("\n", shown);
  }
}
