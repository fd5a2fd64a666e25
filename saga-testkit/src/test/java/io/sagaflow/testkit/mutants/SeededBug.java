package io.sagaflow.testkit.mutants;

import java.util.List;

/**
 * A mistake that the simulator must find. It is a patch of the source and is applied when the test
 * runs: production code has no switch for it.
 *
 * @param name its name
 * @param room the package in which it lies
 * @param breaks what it breaks, in a sentence
 * @param hunks the patch
 */
record SeededBug(String name, String room, String breaks, List<Hunk> hunks) {

  SeededBug {
    hunks = List.copyOf(hunks);
    if (hunks.isEmpty()) {
      throw new IllegalArgumentException("Seeded bug " + name + " changes nothing");
    }
  }

  /**
   * Lines of a file, and what stands there instead.
   *
   * @param file the file, from the root of the checkout
   * @param before whole lines, which the file has exactly once
   * @param after whole lines
   */
  record Hunk(String file, String before, String after) {}

  @Override
  public String toString() {
    return name;
  }
}
