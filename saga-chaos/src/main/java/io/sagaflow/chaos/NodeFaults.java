package io.sagaflow.chaos;

import io.sagaflow.chaos.NodeSlot.Equipment;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** What is done to a node's process. */
final class NodeFaults {

  /** The node that always has everything, so that no saga waits for the end of the run. */
  static final String COMPLETE = "n1";

  private static final int LONGEST_JUMP_MILLIS = 20_000;
  private static final int JUMPED_MILLIS = 1_500;

  private static final List<String> DEFINITIONS =
      List.of("order v1", "order v2", "trip v1", "delivery v1", "transfer v1", "nap v1");

  private final Duration lease;
  private final Recoveries recoveries;

  NodeFaults(Duration lease, Recoveries recoveries) {
    this.lease = lease;
    this.recoveries = recoveries;
  }

  /** Kills it; it comes back at once, or when others have taken its sagas over. */
  boolean kill(NodeSlot node, SplittableRandom random) throws IOException, InterruptedException {
    boolean atOnce = random.nextBoolean();
    boolean lived = node.isAlive();
    node.kill();
    recoveries.watch(node.name(), atOnce ? Recoveries.Way.BY_RESTART : Recoveries.Way.BY_OTHERS);
    if (!atOnce) {
      Await.pause(lease.toMillis() + random.nextInt(1_500) + 1_000);
    }
    node.restart(Equipment.FULL);
    return lived;
  }

  /** Lets it end in order, as a deployment does. */
  boolean terminate(NodeSlot node, SplittableRandom random)
      throws IOException, InterruptedException {
    boolean lived = node.isAlive();
    node.terminate();
    Await.pause(random.nextInt(1_000));
    node.restart(Equipment.FULL);
    return lived;
  }

  /** Stops it for longer than its lease: when it goes on, it is a zombie. */
  boolean pause(NodeSlot node, SplittableRandom random) throws Exception {
    if (!node.isAlive()) {
      return false;
    }
    long millis = lease.toMillis() * 3 / 2 + random.nextInt(1_500);
    node.whileStopped(() -> Await.pause(millis));
    return true;
  }

  /** Sets its wall clock forward or back, and then right again. */
  boolean jump(NodeSlot node, SplittableRandom random) throws InterruptedException {
    int millis = random.nextInt(2 * LONGEST_JUMP_MILLIS) - LONGEST_JUMP_MILLIS;
    boolean jumped = node.ask("/clock?millis=" + millis).isGood();
    Await.pause(JUMPED_MILLIS);
    boolean unused = node.ask("/clock?millis=0").isGood(); // a node that died starts right anyway
    return jumped;
  }

  /** Kills it, and starts it with a pool of one connection or two. */
  boolean smallPool(NodeSlot node, SplittableRandom random)
      throws IOException, InterruptedException {
    if (node.name().equals(COMPLETE)) {
      return false;
    }
    node.kill();
    return node.restart(new Equipment(1 + random.nextInt(2), List.of()));
  }

  /** Ends it, and starts it without some definitions, or some versions of one. */
  boolean lackDefinitions(NodeSlot node, SplittableRandom random)
      throws IOException, InterruptedException {
    if (node.name().equals(COMPLETE)) {
      return false;
    }
    node.terminate();
    int first = random.nextInt(DEFINITIONS.size() - 1);
    return node.restart(
        new Equipment(Equipment.FULL.connections(), DEFINITIONS.subList(first, first + 2)));
  }
}
