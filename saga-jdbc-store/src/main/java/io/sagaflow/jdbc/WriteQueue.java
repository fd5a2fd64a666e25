package io.sagaflow.jdbc;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** What waits to be written, in the order of the calls. Not thread-safe: the lane guards it. */
final class WriteQueue {

  private static final int WRITES_PER_BATCH = 500;
  private static final long BYTES_PER_BATCH = 16L << 20;

  private final Deque<Write> queue = new ArrayDeque<>();

  void add(Write write) {
    queue.add(write);
  }

  int size() {
    return queue.size();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Takes the longest beginning that fits one statement: one node, and each saga once. */
  List<Write> takeBatch() {
    List<Write> batch = new ArrayList<>();
    Set<SagaId> sagas = new HashSet<>();
    long bytes = 0;
    while (!queue.isEmpty() && batch.size() < WRITES_PER_BATCH && bytes < BYTES_PER_BATCH) {
      Write next = queue.element();
      NodeId owner = batch.isEmpty() ? next.owner() : batch.get(0).owner();
      if (!next.owner().equals(owner) || !sagas.add(next.sagaId())) {
        return batch;
      }
      bytes += next.bytes();
      batch.add(queue.remove());
    }
    return batch;
  }

  /** Removes a saga's writes. */
  List<Write> removeAll(SagaId sagaId) {
    List<Write> removed = new ArrayList<>();
    for (Iterator<Write> writes = queue.iterator(); writes.hasNext(); ) {
      Write write = writes.next();
      if (write.sagaId().equals(sagaId)) {
        removed.add(write);
        writes.remove();
      }
    }
    return removed;
  }

  /** Removes everything. */
  List<Write> drain() {
    List<Write> removed = List.copyOf(queue);
    queue.clear();
    return removed;
  }
}
