package io.sagaflow.jdbc;

import io.sagaflow.store.NodeId;
import java.util.UUID;

/**
 * The ids of a node's rows: its own for the heartbeat row, and one derived from it for each lane.
 */
final class Slots {

  private static final long LANE_BITS = 0xff;

  private Slots() {}

  /** Invents a node's id, with room for its lanes. */
  static NodeId newNode() {
    UUID random = UUID.randomUUID();
    return new NodeId(
        new UUID(random.getMostSignificantBits(), random.getLeastSignificantBits() & ~LANE_BITS));
  }

  /** The row whose lock fences the writes of a lane, of 1 to 255. */
  static UUID slot(NodeId node, int lane) {
    UUID id = node.value();
    return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits() | lane);
  }
}
