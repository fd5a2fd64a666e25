package io.sagaflow.jdbc.conformance;

import io.sagaflow.jdbc.conformance.World.Observation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether PostgreSQL did what the simulation did. One thing is let pass: who leads the lane learns
 * of its own write only when it has led enough, and the simulation has nobody who leads.
 */
final class Comparison {

  /** Results that the leaders will tell. */
  private final Map<Integer, String> owed = new HashMap<>();

  /**
   * Compares what is to be seen after a step.
   *
   * @param leaders the steps whose threads lead a lane
   */
  boolean agree(Observation expected, Observation observed, Set<Integer> leaders) {
    List<String> ended = new ArrayList<>();
    Set<Integer> open = new TreeSet<>(observed.open());
    for (String line : observed.ended()) {
      String due = owed.remove(step(line));
      if (due == null) {
        ended.add(line);
      } else if (!due.equals(line)) {
        return false;
      }
    }
    for (String line : expected.ended()) {
      int step = step(line);
      if (open.contains(step) && leaders.contains(step)) {
        owed.put(step, line);
        ended.add(line);
      }
    }
    open.removeAll(owed.keySet());
    ended.sort(String::compareTo);
    return new Observation(ended, List.copyOf(open), observed.waits()).equals(expected);
  }

  private static int step(String ended) {
    return Integer.parseInt(ended.substring(0, ended.indexOf(' ')));
  }
}
