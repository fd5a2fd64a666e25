package io.sagaflow.jdbc;

import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredRecord;
import java.util.Comparator;
import java.util.List;

/**
 * Writes of one node that go into one statement: one of each saga, ordered by saga, so that
 * concurrent batches lock rows in one order.
 *
 * @param writes at least one
 * @param repeat whether an earlier try may have been committed
 */
record Batch(List<Write> writes, boolean repeat) {

  Batch {
    writes = writes.stream().sorted(Comparator.comparing(Write::sagaId)).toList();
  }

  NodeId owner() {
    return writes.get(0).owner();
  }

  int records() {
    int records = 0;
    for (Write write : writes) {
      records += write.records().size();
    }
    return records;
  }

  /** Whether one of its records has more to tell than what has happened. */
  boolean isDetailed() {
    for (Write write : writes) {
      for (StoredRecord record : write.records()) {
        if (isDetailed(record)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isDetailed(StoredRecord record) {
    return record.code() != null
        || record.detail() != null
        || record.actor() != null
        || record.due() != null;
  }

  Batch repeated(boolean ambiguous) {
    return new Batch(writes, repeat || ambiguous);
  }

  /** The lower half, without the middle. */
  Batch firstHalf() {
    return new Batch(writes.subList(0, writes.size() / 2), repeat);
  }

  Batch secondHalf() {
    return new Batch(writes.subList(writes.size() / 2, writes.size()), repeat);
  }
}
