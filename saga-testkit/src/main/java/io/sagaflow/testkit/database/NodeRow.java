package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;

/** A node's two rows, as they are committed: its heartbeat row and its slot row. */
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

  NodeBeat toBeat() {
    return new NodeBeat(id, name, beats);
  }
}
