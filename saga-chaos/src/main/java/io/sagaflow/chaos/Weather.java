package io.sagaflow.chaos;

import java.util.Optional;

/** What a proxy does to what passes through it, for the time being. Thread-safe. */
final class Weather {

  /** Is closed while nothing may pass in one direction. */
  private final Gate requests = new Gate();

  private final Gate answers = new Gate();
  private Optional<Trap> trap = Optional.empty(); // guarded by this
  private volatile int delayMillis;

  Gate requests() {
    return requests;
  }

  Gate answers() {
    return answers;
  }

  void delay(int millis) {
    delayMillis = millis;
  }

  void pass() throws InterruptedException {
    if (delayMillis > 0) {
      Thread.sleep(delayMillis);
    }
  }

  /** Sets a trap for the next exchange of its kind. */
  synchronized void set(Trap next) {
    trap = Optional.of(next);
  }

  synchronized void disarm() {
    trap = Optional.empty();
  }

  /** Answers the trap that this exchange runs into; nobody else does then. */
  synchronized Optional<Trap> caught(Exchange exchange) {
    Optional<Trap> caught = trap.filter(waiting -> waiting.waitsFor(exchange));
    if (caught.isPresent()) {
      disarm();
    }
    return caught;
  }

  void clear() {
    delay(0);
    disarm();
    requests.open();
    answers.open();
  }
}
