package io.sagaflow.testkit.simulation;

import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a step's calls are made.
 *
 * @param asynchronous whether its action and compensation hold no thread
 * @param atATime how many of its calls run at a time in one process; empty for any number
 * @param locks how many semantic locks it needs, 0 to 2
 */
record Manner(boolean asynchronous, OptionalInt atATime, int locks) {

  static final Manner PLAIN = new Manner(false, OptionalInt.empty(), 0);

  private static final int ACCOUNTS = 24;

  /** What a saga has to lock for a step: sagas meet, and not always in the same order. */
  Set<String> keys(int saga, StepPlan plan) {
    Set<String> keys = new LinkedHashSet<>();
    for (int i = 0; i < locks; i++) {
      keys.add("account-" + Math.floorMod(saga * 7 + plan.index() * 5 + i * 11, ACCOUNTS));
    }
    return keys;
  }
}
