package io.sagaflow.testkit.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done now, in a ring of which any element can be taken: which, is another's choice.
 */
final class ReadyTasks {

  private @Nullable Task[] ring = new @Nullable Task[64]; // a power of two
  private int head;
  private int size;

  int size() {
    return size;
  }

  void add(Task task) {
    if (size == ring.length) {
      grow();
    }
    ring[at(size)] = task;
    size++;
  }

  /** Takes the task at a position; the first one moves there. */
  Task take(int position) {
    int index = at(position);
    Task taken = ring[index];
    ring[index] = ring[head];
    ring[head] = null;
    head = at(1);
    size--;
    if (taken == null) {
      throw new IllegalStateException("Nothing is ready at position " + position);
    }
    return taken;
  }

  private int at(int position) {
    return (head + position) & (ring.length - 1);
  }

  private void grow() {
    @Nullable Task[] larger = Arrays.copyOf(ring, ring.length * 2);
    for (int i = 0; i < size; i++) {
      larger[i] = ring[at(i)];
    }
    ring = larger;
    head = 0;
  }
}
