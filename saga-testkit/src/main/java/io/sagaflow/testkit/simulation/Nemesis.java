package io.sagaflow.testkit.simulation;

import java.time.Duration;

/** Faults that strike by the clock: crashes, pauses, outages, closes, clocks set wrong. */
final class Nemesis {

  private enum About {
    WHEN,
    HOW_LONG,
    WHOM
  }

  private static final int ROUND_MILLIS = 1_000;
  private static final int LONGEST_PAUSE_MILLIS = 6_000;

  private final World world;

  Nemesis(World world) {
    this.world = world;
  }

  /** Plans the faults of a time, about one of each kind for each place and second. */
  void plan(int forMillis) {
    FaultKind[] kinds = {
      FaultKind.CRASH_AT_ANY_TIME,
      FaultKind.PAUSE,
      FaultKind.CLOSE,
      FaultKind.CLOCK_JUMP,
      FaultKind.OUTAGE
    };
    for (int round = 0; round * ROUND_MILLIS < forMillis; round++) {
      for (FaultKind kind : kinds) {
        if (world.faults().isEnabled(kind)) {
          plan(kind, round);
        }
      }
    }
  }

  private void plan(FaultKind kind, int round) {
    long at = Dice.occasion(round, kind.name().length(), 0, 0);
    int when = round * ROUND_MILLIS + world.dice().below(ROUND_MILLIS, About.WHEN, at);
    Place place = world.places().get(world.dice().below(world.places().size(), About.WHOM, at));
    world.later(
        when,
        () -> {
          if (world.faults().strikes(kind, at)) {
            strike(kind, place, at);
          }
        });
  }

  private void strike(FaultKind kind, Place place, long at) {
    int millis = 1 + world.dice().below(LONGEST_PAUSE_MILLIS, About.HOW_LONG, at);
    switch (kind) {
      case CRASH_AT_ANY_TIME -> place.crash();
      case PAUSE -> {
        place.pause();
        world.later(millis, place::resume);
      }
      case CLOSE -> place.close();
      case CLOCK_JUMP ->
          place.setClockError(Duration.ofMillis(10L * (millis - LONGEST_PAUSE_MILLIS / 2)));
      case OUTAGE -> place.line().cut(millis);
      default -> throw new IllegalArgumentException(kind + " doesn't strike by the clock");
    }
  }
}
