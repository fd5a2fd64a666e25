package io.sagaflow.testkit.simulation;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaEndedException;
import io.sagaflow.SagaException;

/**
 * Those who send signals: before the saga waits, while it does and when that is over; one of them,
 * two that don't know of one another, or one who sends twice; through any node, and again until
 * they are answered. Now and then nobody sends, where a wait has a timeout.
 */
final class Senders {

  private enum About {
    HOW_MANY,
    TWICE,
    NOBODY,
    WHEN,
    BY_KEY
  }

  private static final int AGAIN_MILLIS = 400;
  private static final int VALUES = 100_000_000;

  private final World world;
  private int letters;

  Senders(World world) {
    this.world = world;
  }

  /** A signal on its way: to which step, with which id, and how often it was tried. */
  private record Letter(SagaBook saga, StepBook step, String id, int value, long at, int tries) {

    Letter again() {
      return new Letter(saga, step, id, value, at, tries + 1);
    }
  }

  /** Plans what a saga gets. */
  void plan(SagaBook saga) {
    for (StepBook step : saga.steps) {
      if (step.plan.isSignal()) {
        plan(saga, step, Dice.occasion(saga.number, step.plan.index(), 0, 0));
      }
    }
  }

  private void plan(SagaBook saga, StepBook step, long at) {
    boolean timed = step.plan.pause().orElseThrow().time().isPresent();
    if (timed && world.dice().unit(About.NOBODY, at) < 0.25) {
      return;
    }
    int count = world.dice().unit(About.HOW_MANY, at) < 0.25 ? 2 : 1;
    for (int i = 0; i < count; i++) {
      int value = VALUES + ++letters;
      Letter letter = new Letter(saga, step, "signal-" + i, value, at + i, 0);
      step.signal.sent.put(letter.id(), value);
      post(letter);
      if (world.dice().unit(About.TWICE, at + i) < 0.25) {
        post(new Letter(saga, step, letter.id(), value, at + 2 + i, 0));
      }
    }
  }

  private void post(Letter letter) {
    world.later(world.dice().below(4_000, About.WHEN, letter.at()), () -> send(letter));
  }

  private void send(Letter letter) {
    if (letter.saga().purged) {
      return;
    }
    SagaCoordinator coordinator = world.workload().anyReachable(letter.at() + letter.tries());
    if (coordinator == null) {
      world.later(AGAIN_MILLIS, () -> send(letter.again()));
      return;
    }
    try {
      send(letter, coordinator);
      answered(letter);
    } catch (SagaEndedException e) {
      tooLate(letter);
    } catch (SagaException e) {
      world.later(AGAIN_MILLIS, () -> send(letter.again()));
    }
  }

  private void send(Letter letter, SagaCoordinator coordinator) {
    SagaBook saga = letter.saga();
    if (world.dice().unit(About.BY_KEY, letter.at()) < 0.5) {
      coordinator.signal(
          saga.blueprint.definition().name(),
          saga.businessKey,
          letter.step().plan.key(),
          letter.value(),
          letter.id());
    } else {
      coordinator.signal(saga.id, letter.step().plan.key(), letter.value(), letter.id());
    }
  }

  /** What was acknowledged to its sender is in the database. */
  private void answered(Letter letter) {
    SignalBook signal = letter.step().signal;
    if (letter.saga().purged) {
      return; // while this waited
    }
    if (letter.id().equals(signal.id())) {
      world
          .markers()
          .hit(letter.saga().ended ? Marker.SIGNAL_AFTER_THE_END : Marker.SIGNAL_REPEATED);
    }
    if (!signal.posted.containsKey(letter.id())) {
      world
          .verdict()
          .violated("NoSignalIsLost", letter.id() + " to " + letter.saga() + " isn't there");
    }
  }

  /** A sender is refused only if the saga has ended, and without this signal. */
  private void tooLate(Letter letter) {
    if (!letter.saga().ended || letter.id().equals(letter.step().signal.id())) {
      world
          .verdict()
          .violated("NoSignalIsLost", letter.id() + " to " + letter.saga() + " is refused");
    }
  }
}
