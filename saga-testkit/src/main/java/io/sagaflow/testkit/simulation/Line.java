package io.sagaflow.testkit.simulation;

import io.sagaflow.testkit.database.Exchange;
import io.sagaflow.testkit.database.Fate;
import io.sagaflow.testkit.database.Wire;
import java.time.Duration;

/** A place's connection to the database, and all that befalls it. */
final class Line implements Wire {

  private enum About {
    DOUBT,
    SILENCE,
    LATENCY
  }

  private final World world;
  private final Place place;
  private int exchanges;
  private long outageUntil;
  private long doubtUntil;
  private boolean dieAfterClaim;

  Line(World world, Place place) {
    this.world = world;
    this.place = place;
  }

  @Override
  public Fate fate(Exchange exchange) {
    long at =
        Dice.occasion(place.number() + 1, place.life(), exchange.name().length(), ++exchanges);
    world.trace().note(exchange.name().hashCode(), at);
    if (world.nanos() < outageUntil) {
      return Fate.NOT_SENT;
    }
    markTakeOver(exchange);
    Fate fate =
        switch (exchange) {
          case BATCH, TRANSACTION -> ofBatch(at);
          case CLAIM -> ofClaim(at);
          case HEARTBEAT -> ofHeartbeat(at);
          case JOIN, EVICT, RELEASE_ORPHANS, LEAVE, POST, PURGE, LOCK -> ofWrite(at);
          case READ -> struck(FaultKind.EXCHANGE_NOT_SENT, at) ? Fate.NOT_SENT : Fate.ANSWERED;
        };
    if (world.trace().isTold() && exchange != Exchange.READ && exchange != Exchange.BATCH) {
      world.trace().tell("  " + place + ": " + exchange + " is " + fate.outcome());
    }
    return fate;
  }

  private Fate ofBatch(long at) {
    if (place.isFenced()) {
      world.markers().hit(Marker.ZOMBIE_WRITES);
    }
    if (struck(FaultKind.CRASH_BEFORE_BATCH, at)) {
      place.crash();
      return Fate.NOT_SENT;
    }
    if (struck(FaultKind.CRASH_AFTER_BATCH, at)) {
      world.loop().execute(null, place::crash); // somewhere between its sending and its answer
    }
    Fate fate = Fate.ANSWERED;
    if (struck(FaultKind.BATCH_NOT_SENT, at)) {
      fate = Fate.NOT_SENT;
    } else if (struck(FaultKind.BATCH_ABORTED, at)) {
      fate = Fate.ABORTED;
    } else if (struck(FaultKind.BATCH_ANSWER_LOST, at)) {
      world.markers().hit(Marker.BATCH_REPEATED_AFTER_ITS_COMMIT);
      fate = Fate.ANSWER_LOST;
    } else if (struck(FaultKind.BATCH_IN_DOUBT, at)) {
      fate = Fate.committedAfter(doubtOfBatch(at));
    } else if (struck(FaultKind.BATCH_ABORTED_LATER, at)) {
      fate = Fate.abortedAfter(doubtOfBatch(at));
    }
    return struck(FaultKind.SLOW_DATABASE, at) ? fate.within(latency(at), latency(at + 1)) : fate;
  }

  private Fate ofClaim(long at) {
    if (struck(FaultKind.CRASH_BEFORE_CLAIM, at)) {
      place.crash();
      return Fate.NOT_SENT;
    }
    dieAfterClaim = struck(FaultKind.CRASH_AFTER_CLAIM, at);
    return ofWrite(at);
  }

  /** The database has just committed a claim of this place. */
  void claimed() {
    if (dieAfterClaim) {
      dieAfterClaim = false;
      place.crash();
    }
  }

  private Fate ofHeartbeat(long at) {
    if (struck(FaultKind.CRASH_AT_HEARTBEAT, at)) {
      place.crash();
      return Fate.NOT_SENT;
    }
    return ofWrite(at);
  }

  private Fate ofWrite(long at) {
    if (struck(FaultKind.EXCHANGE_NOT_SENT, at)) {
      return Fate.NOT_SENT;
    }
    if (struck(FaultKind.EXCHANGE_ABORTED, at)) {
      return Fate.ABORTED;
    }
    if (struck(FaultKind.EXCHANGE_ANSWER_LOST, at)) {
      return Fate.ANSWER_LOST;
    }
    return struck(FaultKind.EXCHANGE_IN_DOUBT, at) ? Fate.committedAfter(doubt(at)) : Fate.ANSWERED;
  }

  private boolean struck(FaultKind kind, long at) {
    return world.faults().strikes(kind, at);
  }

  /** The node may fall silent with its batch, and wake up while another waits for its locks. */
  private Duration doubtOfBatch(long at) {
    if (!struck(FaultKind.PAUSE_IN_DOUBT, at)) {
      return doubt(at);
    }
    int lease = (int) Place.LEASE.toMillis();
    int silence = lease / 2 + world.dice().below(2 * lease, About.SILENCE, at);
    world.loop().execute(null, place::pause);
    world.later(silence, place::resume);
    return inDoubt(silence + world.dice().below(lease, About.DOUBT, at));
  }

  private Duration doubt(long at) {
    return inDoubt(1 + world.dice().below(4_000, About.DOUBT, at));
  }

  private Duration inDoubt(int millis) {
    Duration doubt = Duration.ofMillis(millis);
    doubtUntil = world.nanos() + doubt.toNanos();
    return doubt;
  }

  private Duration latency(long at) {
    return Duration.ofMillis(world.dice().below(60, About.LATENCY, at));
  }

  private void markTakeOver(Exchange exchange) {
    if (exchange == Exchange.EVICT || exchange == Exchange.JOIN) {
      for (Place other : world.places()) {
        if (other.line().doubtUntil > world.nanos()) {
          world.markers().hit(Marker.TAKE_OVER_WHILE_A_COMMIT_IS_IN_DOUBT);
        }
      }
    }
  }

  /** Cuts the place off from the database for a while. */
  void cut(long millis) {
    outageUntil = world.nanos() + millis * 1_000_000;
  }

  void heal() {
    outageUntil = 0;
  }
}
