package io.sagaflow.chaos;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** How each fault is done. Answers are whether it really happened. */
final class Strikes {

  private final Map<Fault, Strike> strikes = new EnumMap<>(Fault.class);

  /** Does one fault, and heals what has to be healed. */
  @FunctionalInterface
  interface Strike {

    boolean strike(NodeSlot node, SplittableRandom random) throws Exception;
  }

  Strikes(
      Topology topology,
      NodeFaults nodes,
      NetworkFaults network,
      DatabaseFaults database,
      PoisonFaults poison) {
    strikes.put(Fault.KILL_NODE, nodes::kill);
    strikes.put(Fault.STOP_NODE, nodes::terminate);
    strikes.put(Fault.PAUSE_NODE, nodes::pause);
    strikes.put(Fault.PAUSE_NODE_IN_APPEND, network::pauseInAppend);
    strikes.put(Fault.CLOCK_JUMP, nodes::jump);
    strikes.put(Fault.SMALL_POOL, nodes::smallPool);
    strikes.put(Fault.LACKING_DEFINITIONS, nodes::lackDefinitions);
    strikes.put(Fault.KILL_DATABASE, (node, random) -> database.kill(random));
    strikes.put(Fault.TERMINATE_BACKENDS, (node, random) -> database.terminateBackends());
    strikes.put(Fault.CUT_CONNECTIONS, (node, random) -> network.cut(node));
    strikes.put(Fault.DELAY_CONNECTIONS, network::delay);
    strikes.put(
        Fault.BLACK_HOLE_FOR_REQUESTS,
        (node, random) -> network.blackHole(node, node.proxy().weather().requests(), random));
    strikes.put(
        Fault.BLACK_HOLE_FOR_ANSWERS,
        (node, random) -> network.blackHole(node, node.proxy().weather().answers(), random));
    strikes.put(Fault.HOLD_APPEND_UNTIL_TAKEN_OVER, network::holdUntilTakenOver);
    cut(Fault.CUT_BEFORE_APPEND, Trap.Kind.CUT_BEFORE_APPEND, network);
    cut(Fault.CUT_AFTER_APPEND, Trap.Kind.CUT_AFTER_APPEND, network);
    cut(Fault.CUT_BEFORE_COMMIT, Trap.Kind.CUT_BEFORE_COMMIT, network);
    cut(Fault.CUT_AFTER_COMMIT, Trap.Kind.CUT_AFTER_COMMIT, network);
    strikes.put(Fault.POISON_PAYLOAD, (node, random) -> poison.payload(random));
    strikes.put(Fault.POISON_ERROR, (node, random) -> poison.error(random));
    strikes.put(Fault.POISON_LOOP, (node, random) -> poison.loop(random));
    strikes.put(Fault.MANY_PARKED, (node, random) -> poison.manyParked(random));
    if (topology.standby()) {
      strikes.put(Fault.PROMOTE_STANDBY, (node, random) -> database.promoteStandby());
      strikes.put(Fault.KILL_STANDBY, (node, random) -> database.killStandby(random));
    }
    if (topology.pooler()) {
      strikes.put(Fault.KILL_POOLER, (node, random) -> database.killPooler(random));
    }
  }

  private void cut(Fault fault, Trap.Kind kind, NetworkFaults network) {
    strikes.put(fault, (node, random) -> network.trap(node, kind));
  }

  /** The kinds that this run has. */
  List<Fault> kinds() {
    return List.copyOf(strikes.keySet());
  }

  Strike of(Fault fault) {
    return Optional.ofNullable(strikes.get(fault)).orElseThrow();
  }
}
