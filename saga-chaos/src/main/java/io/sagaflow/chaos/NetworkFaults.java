package io.sagaflow.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** What is done to what passes between a node and the database. */
final class NetworkFaults {

  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private static final String NODE = "SELECT node_id FROM saga_node WHERE lane = 0 AND name = ?";

  private final JournalServer journal;
  private final Duration lease;

  NetworkFaults(JournalServer journal, Duration lease) {
    this.journal = journal;
    this.lease = lease;
  }

  boolean cut(NodeSlot node) {
    node.proxy().cut();
    return true;
  }

  boolean delay(NodeSlot node, SplittableRandom random) throws InterruptedException {
    Weather weather = node.proxy().weather();
    weather.delay(20 + random.nextInt(200));
    Await.pause(1_000 + random.nextInt(2_000));
    weather.delay(0);
    return true;
  }

  /** Nothing passes in one direction, for shorter or longer than the lease; then all is cut. */
  boolean blackHole(NodeSlot node, Gate direction, SplittableRandom random)
      throws InterruptedException {
    direction.close();
    Await.pause(500 + random.nextInt((int) lease.toMillis() * 2));
    node.proxy().cut();
    direction.open();
    return true;
  }

  /** Cuts a connection just before or just after something was sent. */
  boolean trap(NodeSlot node, Trap.Kind kind) throws InterruptedException {
    Trap trap = new Trap(kind);
    node.proxy().weather().set(trap);
    boolean sprung = trap.awaitSprung(PATIENCE);
    node.proxy().weather().disarm();
    return sprung;
  }

  /** Stops a node while its append is on its way; the append arrives when another took over. */
  boolean pauseInAppend(NodeSlot node, SplittableRandom random) throws Exception {
    boolean[] takenOver = new boolean[1];
    return holdAppend(
        node,
        trap -> {
          node.whileStopped(() -> takenOver[0] = releaseAfterTakeOver(node, trap));
          return takenOver[0];
        });
  }

  /** Lets nothing of a node's through, until another took over; then all of it. */
  boolean holdUntilTakenOver(NodeSlot node, SplittableRandom random) throws Exception {
    Gate requests = node.proxy().weather().requests();
    return holdAppend(
        node,
        trap -> {
          requests.close();
          try {
            return releaseAfterTakeOver(node, trap);
          } finally {
            requests.open();
          }
        });
  }

  /** What is done while an append is held, which it releases; says whether that came off. */
  @FunctionalInterface
  private interface Held {

    boolean with(Trap trap) throws Exception;
  }

  private static boolean holdAppend(NodeSlot node, Held held) throws Exception {
    Trap trap = new Trap(Trap.Kind.HOLD_APPEND);
    node.proxy().weather().set(trap);
    try {
      if (!trap.awaitSprung(PATIENCE)) {
        return false;
      }
      return held.with(trap);
    } finally {
      node.proxy().weather().disarm();
      trap.release();
    }
  }

  /** It isn't taken over if all the others are down, or the database is: then it is only late. */
  private boolean releaseAfterTakeOver(NodeSlot node, Trap trap)
      throws InterruptedException, SQLException {
    List<List<String>> before = lives(node);
    boolean takenOver =
        !before.isEmpty() && Await.until(lease.multipliedBy(4), () -> !lives(node).equals(before));
    trap.release();
    Await.pause(200); // the append arrives at a closed door
    return takenOver;
  }

  private List<List<String>> lives(NodeSlot node) throws SQLException {
    try (Connection connection = journal.connect()) {
      return Sql.rows(connection, NODE, node.name());
    }
  }
}
