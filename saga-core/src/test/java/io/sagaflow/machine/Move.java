package io.sagaflow.machine;

/**
 * An event, and which call it is about.
 *
 * @param event what happens
 * @param step the step whose call it is about, or {@link #NONE}
 */
record Move(Event event, int step) {

  static final int NONE = -1;

  static Move of(Event event) {
    return new Move(event, NONE);
  }

  @Override
  public String toString() {
    return step == NONE ? event.toString() : event + " of step " + step;
  }
}
