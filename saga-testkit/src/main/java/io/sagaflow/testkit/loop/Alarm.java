package io.sagaflow.testkit.loop;

import java.time.Instant;

/** A task for later. One that is called off stays in the queue until its time, and does nothing. */
final class Alarm implements Comparable<Alarm> {

  private final Instant at;
  private final long number;
  private final Task task;
  private boolean cancelled;

  Alarm(Instant at, long number, Task task) {
    this.at = at;
    this.number = number;
    this.task = task;
  }

  Instant at() {
    return at;
  }

  Task task() {
    return task;
  }

  boolean isCancelled() {
    return cancelled;
  }

  void cancel() {
    cancelled = true;
  }

  @Override
  public int compareTo(Alarm other) {
    int byTime = at.compareTo(other.at);
    return byTime != 0 ? byTime : Long.compare(number, other.number);
  }
}
