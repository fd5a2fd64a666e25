package io.sagaflow.jdbc.conformance;

import java.util.List;

/** Where a script is run. */
interface World extends AutoCloseable {

  int CLIENTS = 3;

  /** Takes a step, and waits until everything that goes on has ended or waits for a lock. */
  Observation take(Step step);

  @Override
  void close();

  /**
   * What is to be seen after a step.
   *
   * @param ended the steps that have ended since the last, with their results
   * @param open the steps that go on
   * @param waits who waits for whom
   */
  record Observation(List<String> ended, List<Integer> open, List<String> waits) {}
}
