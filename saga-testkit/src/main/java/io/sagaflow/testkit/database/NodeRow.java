package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;

/**
 * A node's two rows, as they are committed: its heartbeat row and its slot row.
 *
 * <p>They lie in the table in the order in which they were written, and a DELETE that scans it
 * locks them in that order: the heartbeat row first, or last once it has been renewed.
 */
final class NodeRow {

  final NodeId id;
  final String name;
  final LockKey.Heartbeat heartbeat;
  final LockKey.Slot slot;
  long beats;

  NodeRow(NodeId id, String name) {
    this.id = id;
    this.name = name;
    this.heartbeat = new LockKey.Heartbeat(id);
    this.slot = new LockKey.Slot(id);
  }

  /** Locks both rows as a DELETE does, in the order in which it meets them. */
  boolean lockToDelete(Transaction transaction, Locks locks) {
    LockKey first = beats == 0 ? heartbeat : slot;
    LockKey second = beats == 0 ? slot : heartbeat;
    return locks.acquire(transaction, first, LockMode.UPDATE)
        && locks.acquire(transaction, second, LockMode.UPDATE);
  }

  NodeBeat toBeat() {
    return new NodeBeat(id, name, beats);
  }
}
