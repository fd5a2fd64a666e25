package io.sagaflow.testkit;

import io.sagaflow.machine.Direction;

/** What a coordinator calls: a step's action, or its compensation. */
record Callee(String step, Direction direction) {

  static Callee action(String step) {
    return new Callee(step, Direction.ACTION);
  }

  static Callee compensation(String step) {
    return new Callee(step, Direction.COMPENSATION);
  }

  boolean isAction() {
    return direction == Direction.ACTION;
  }

  /** The callee in a sentence; it also stands in the names of runs. */
  @Override
  public String toString() {
    return isAction() ? step : "the compensation of " + step;
  }
}
