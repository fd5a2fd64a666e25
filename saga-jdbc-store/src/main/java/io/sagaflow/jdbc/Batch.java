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
 * @param care what may be in the tables already
 */
record Batch(List<Write> writes, Care care) {

  /** What a statement has to expect; each includes those before it. */
  enum Care {
    /** Nothing: whatever is there already is a failure. That is the cheapest statement. */
    NONE,
    /** Other sagas with the keys of its starts. */
    TAKEN_KEYS,
    /** All of it: an earlier try may have been committed. */
    REPEAT
  }

  Batch {
    writes = writes.stream().sorted(Comparator.comparing(Write::sagaId)).toList();
  }

  NodeId owner() {
    return writes.get(0).owner();
  }

  boolean hasStarts() {
    return writes.stream().anyMatch(write -> write.start() != null);
  }

  int records() {
    return writes.stream().map(Write::records).mapToInt(List<StoredRecord>::size).sum();
  }

  /** The same with more care, or as much. */
  Batch with(Care more) {
    return more.compareTo(care) > 0 ? new Batch(writes, more) : this;
  }

  /** The lower half, without the middle. */
  Batch firstHalf() {
    return new Batch(writes.subList(0, writes.size() / 2), care);
  }

  Batch secondHalf() {
    return new Batch(writes.subList(writes.size() / 2, writes.size()), care);
  }
}
