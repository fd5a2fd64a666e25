package io.sagaflow.testkit.loop;

/** Thrown into what a killed process was doing, to end it there. */
final class Killed extends Error {

  private static final long serialVersionUID = 1L;

  Killed() {
    super("The process was killed", null, false, false);
  }
}
