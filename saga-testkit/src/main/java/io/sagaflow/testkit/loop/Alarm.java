package io.sagaflow.testkit.loop;

/** A task for later. One that is called off stays in the queue until its time, and does nothing. */
final class Alarm implements Comparable<Alarm> {

  private final long at;
  private final long number;
  private final Task task;
  private boolean cancelled;

  Alarm(long at, long number, Task task) {
    this.at = at;
    this.number = number;
    this.task = task;
  }

  long at() {
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
    int byTime = Long.compare(at, other.at);
    return byTime != 0 ? byTime : Long.compare(number, other.number);
  }
}
