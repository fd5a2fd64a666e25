package io.sagaflow.testkit.database;

import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The UPDATE that counts a beat, and the look at the others as its snapshot has them. */
final class Heartbeat extends Transaction {

  private final NodeId node;
  private @Nullable List<NodeBeat> others;
  private @Nullable NodeRow row;
  private @Nullable NodeBeat renewed;

  Heartbeat(DatabaseClient client, NodeId node) {
    super(client, Exchange.HEARTBEAT);
    this.node = node;
  }

  @Override
  boolean execute() {
    Tables tables = database.tables();
    if (others == null) {
      others = tables.beatsWithout(node);
    }
    row = tables.nodes.get(node);
    if (row == null) {
      return true;
    }
    renewed = new NodeBeat(node, row.name, row.beats + 1);
    return database.locks().acquire(this, row.heartbeat, LockMode.NO_KEY_UPDATE);
  }

  @Override
  void apply() {
    if (row != null) {
      row.beats++;
      database.watcher().renewed(node);
    }
  }

  /** All nodes, or null if this one has no lease. */
  @Nullable List<NodeBeat> beats() {
    if (row == null || others == null || renewed == null) {
      return null;
    }
    List<NodeBeat> beats = new ArrayList<>();
    beats.add(renewed);
    beats.addAll(others);
    return beats;
  }
}
