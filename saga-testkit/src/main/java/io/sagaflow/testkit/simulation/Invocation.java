package io.sagaflow.testkit.simulation;

import io.sagaflow.StepContext;
import io.sagaflow.machine.Direction;

/**
 * One call of an action or compensation that has begun.
 *
 * @param saga the saga
 * @param step the step
 * @param direction which of the two it is
 * @param context what the engine handed in
 * @param place where it runs
 * @param life which process it was there
 * @param epoch under which ownership of the saga, by the books
 * @param beganAt nanoseconds of the world
 */
record Invocation(
    SagaBook saga,
    StepBook step,
    Direction direction,
    StepContext<Integer> context,
    Place place,
    int life,
    int epoch,
    long beganAt) {

  boolean isAction() {
    return direction == Direction.ACTION;
  }

  /** Whether it runs in the same process, under the same ownership of the same saga. */
  boolean isBeside(Invocation other) {
    return place == other.place() && life == other.life() && epoch == other.epoch();
  }

  @Override
  public String toString() {
    return (isAction() ? "action " : "compensation ")
        + step.plan.name()
        + " attempt "
        + context.attempt()
        + " of "
        + saga;
  }
}
