package io.sagaflow.chaos;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How much chaos.
 *
 * @param seconds how long sagas are started, the quiet phase included
 * @param seed decides faults, clients and participants
 * @param nodes how many coordinators
 * @param lease their lease
 * @param inFlight how many sagas the clients keep in flight
 * @param directory where logs, data and what was acknowledged are kept
 * @param topology what the nodes' database is made of
 */
record Options(
    int seconds,
    long seed,
    int nodes,
    Duration lease,
    int inFlight,
    Path directory,
    Topology topology) {

  private static final int SHORTEST_SECONDS = 20;
  private static final int FEWEST_NODES = 3;
  private static final int MOST_NODES = 5;
  private static final int QUIET_SHARE = 8;
  private static final int LONGEST_QUIET_SECONDS = 30;
  private static final int NAP_SHARE = 5;
  private static final int SHORTEST_NAP_SECONDS = 10;
  private static final int LONGEST_NAP_SECONDS = 40;
  private static final int LONG_SECONDS = 150;
  private static final int FEW_PARKED = 300;
  private static final int MANY_PARKED = 600;

  Options {
    if (seconds < SHORTEST_SECONDS) {
      throw new NotUsableException("--seconds is at least " + SHORTEST_SECONDS);
    }
    if (nodes < FEWEST_NODES || nodes > MOST_NODES) {
      throw new NotUsableException("--nodes is from 3 to 5");
    }
    if (lease.compareTo(Duration.ofMillis(500)) < 0) {
      throw new NotUsableException("--lease-millis is at least 500");
    }
    if (inFlight < 1) {
      throw new NotUsableException("--in-flight is at least 1");
    }
  }

  /** How long nothing goes wrong, to compare with. */
  Duration quiet() {
    return Duration.ofSeconds(Math.min(LONGEST_QUIET_SECONDS, seconds / QUIET_SHARE));
  }

  /** What is left after a warm-up and the quiet phase. */
  Duration chaos() {
    return Duration.ofSeconds(seconds).minus(quiet().multipliedBy(2));
  }

  /** Long enough to be parked, short enough to end within the run. */
  Duration nap() {
    return Duration.ofSeconds(
        Math.min(LONGEST_NAP_SECONDS, Math.max(SHORTEST_NAP_SECONDS, seconds / NAP_SHARE)));
  }

  /** How many sagas are parked at once; in a long run more than all nodes may have in memory. */
  int parked() {
    return seconds < LONG_SECONDS ? FEW_PARKED : MANY_PARKED;
  }
}
