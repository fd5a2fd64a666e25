package io.sagaflow.engine;

import java.util.List;

/**
 * One call's way through the gates that it has to pass, one after the other. It holds its places
 * until it is ended, which may be done more than once and at any moment, also while it waits; the
 * places are given back once.
 *
 * <p>A gate may let it in just when it ends: then it leaves that gate at once. The monitor guards
 * the fields, and is taken before a gate's.
 */
final class Passage {

  private final List<Gate> gates;
  private final Runnable through;
  private int passed;
  private boolean ended;

  Passage(List<Gate> gates, Runnable through) {
    this.gates = gates;
    this.through = through;
  }

  /** Begins to wait at the first gate. */
  void begin() {
    approach(0);
  }

  private void approach(int index) {
    if (index == gates.size()) {
      through.run();
      return;
    }
    synchronized (this) {
      if (ended) {
        return;
      }
      gates.get(index).queue(this);
    }
    gates.get(index).admit();
  }

  /** Called by the gate at which it waits. */
  void admitted() {
    int next;
    synchronized (this) {
      next = ended ? -1 : ++passed;
    }
    if (next < 0) {
      gates.get(passed).leave();
    } else {
      approach(next);
    }
  }

  /** Whether it has passed every gate, and holds its places. */
  synchronized boolean isThrough() {
    return passed == gates.size() && !ended;
  }

  /** Gives every place back. */
  void end() {
    int places;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      places = passed;
      if (passed < gates.size()) {
        gates.get(passed).forget(this);
      }
    }
    gates.subList(0, places).forEach(Gate::leave);
  }
}
