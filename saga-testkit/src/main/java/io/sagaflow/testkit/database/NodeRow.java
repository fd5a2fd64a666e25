package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import java.util.List;
import java.util.stream.IntStream;

/** A node's rows, as they are committed: its heartbeat row, and a slot row for each lane. */
final class NodeRow {

  final NodeId id;
  final String name;
  final LockKey.Heartbeat heartbeat;
  final List<LockKey.Slot> slots;
  long beats;

  NodeRow(NodeId id, String name, int lanes) {
    this.id = id;
    this.name = name;
    this.heartbeat = new LockKey.Heartbeat(id);
    this.slots =
        IntStream.rangeClosed(1, lanes).mapToObj(lane -> new LockKey.Slot(id, lane)).toList();
  }

  NodeBeat toBeat() {
    return new NodeBeat(id, name, beats);
  }
}
