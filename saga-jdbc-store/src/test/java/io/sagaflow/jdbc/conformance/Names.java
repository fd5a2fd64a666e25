package io.sagaflow.jdbc.conformance;

import io.sagaflow.SagaId;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.StoredCommand;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What a script calls nodes, sagas and commands, and what they are called in one world. */
final class Names {

  private static final long SCATTER = 0x9e3779b97f4a7c15L; // ids aren't in the order of the starts

  private final Map<String, NodeId> nodes = new ConcurrentHashMap<>();
  private final Map<String, Long> commands = new ConcurrentHashMap<>();

  /** Sagas have the same ids in all worlds. */
  static SagaId saga(int number) {
    return new SagaId(new UUID(number * SCATTER, number));
  }

  static String saga(SagaId id) {
    return "s" + id.value().getLeastSignificantBits();
  }

  void joined(String name, NodeId node) {
    nodes.put(name, node);
  }

  NodeId node(String name) {
    NodeId node = nodes.get(name);
    if (node == null) {
      throw new AssertionError("Node " + name + " didn't join in this world");
    }
    return node;
  }

  /** What a node is called, or a question mark for one that nobody knows to have joined. */
  String node(NodeId id) {
    return nodes.entrySet().stream()
        .filter(entry -> entry.getValue().equals(id))
        .map(Map.Entry::getKey)
        .findAny()
        .orElse("?");
  }

  /** Names a command by its reason, which is a step's number. */
  String command(StoredCommand command) {
    String name = "c" + command.reason();
    commands.put(name, command.id());
    return name;
  }

  long command(String name) {
    Long id = commands.get(name);
    if (id == null) {
      throw new AssertionError("Nobody has seen command " + name + " in this world");
    }
    return id;
  }
}
