package io.sagaflow.engine;

import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the other nodes' counters. No clock is compared with another's: a node is dead when this
 * one has seen no change for the lease time on its own monotonic clock, in which it was looking all
 * the time. After an outage of the store, whoever were the first to look would otherwise take the
 * sagas of all others. Called by one thread at a time.
 */
final class Membership {

  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final int ORPHANS_AT_ONCE = 5_000;

  private final SagaStore store;
  private final Environment environment;
  private final EngineOptions options;
  private final Runnable onFreed;
  private final Map<NodeId, Sighting> sightings = new HashMap<>();

  private long lookedAt;

  private record Sighting(long beats, long seenAt) {}

  /** Takes also what is done whenever sagas were freed. */
  Membership(SagaStore store, Environment environment, EngineOptions options, Runnable onFreed) {
    this.store = store;
    this.environment = environment;
    this.options = options;
    this.onFreed = onFreed;
  }

  /** Renews a node's lease, takes leases from the dead, and frees their sagas. */
  void beat(Node self) {
    long sentAt = environment.nanos().getAsLong();
    List<NodeBeat> beats = store.heartbeat(self.id());
    self.renewed(sentAt);
    look(self, beats);
    freeOrphans();
  }

  /** Some at a time: while others are still being freed, the first can run again. */
  void freeOrphans() {
    int freed;
    do {
      freed = store.releaseOrphans(ORPHANS_AT_ONCE);
      if (freed > 0) {
        onFreed.run();
      }
    } while (freed == ORPHANS_AT_ONCE);
  }

  private void look(Node self, List<NodeBeat> beats) {
    long now = environment.nanos().getAsLong();
    if (now - lookedAt > options.lease().dividedBy(2).toNanos()) {
      sightings.clear(); // the store was away, or this process stood still: nobody was to be seen
    }
    lookedAt = now;
    sightings.keySet().retainAll(beats.stream().map(NodeBeat::node).toList());
    for (NodeBeat beat : beats) {
      if (!beat.node().equals(self.id()) && isDead(beat, now)) {
        takeOver(beat);
      }
    }
  }

  /** It may have woken up since it was looked at: then it keeps its lease. */
  private void takeOver(NodeBeat silent) {
    sightings.remove(silent.node());
    if (store.evictIfSilent(silent)) {
      LOG.warn(
          "Node {} ({}) gave no sign for {}: its sagas are taken over",
          silent.name(),
          silent.node(),
          options.lease());
    }
  }

  private boolean isDead(NodeBeat beat, long now) {
    Sighting last = sightings.get(beat.node());
    if (last == null || last.beats() != beat.beats()) {
      sightings.put(beat.node(), new Sighting(beat.beats(), now));
      return false;
    }
    return now - last.seenAt() >= options.lease().toNanos();
  }
}
