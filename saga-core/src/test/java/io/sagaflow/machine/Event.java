package io.sagaflow.machine;

import io.sagaflow.store.Payload;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What may happen to a simulated saga next. */
enum Event {
  /** What the machine wants to append becomes durable. */
  APPEND,
  /** Time passes until something is due. */
  WAIT,

  /** The action or compensation succeeds; the condition holds; the probe says that it was done. */
  SUCCEED(true, Ending.OUTCOME),
  /** The condition doesn't hold. */
  SKIP(false, Ending.OUTCOME),
  /** The action is refused, or the probe says that it wasn't done. */
  REJECT(false, Ending.OUTCOME),
  FAIL(false, Ending.OUTCOME),
  FAIL_AFTER_EFFECT(true, Ending.OUTCOME),
  ABORT(false, Ending.OUTCOME),
  ABORT_AFTER_EFFECT(true, Ending.OUTCOME),
  CRASH_BEFORE_EFFECT(false, Ending.CRASH),
  CRASH_AFTER_EFFECT(true, Ending.CRASH),
  LEAK_BEFORE_EFFECT(false, Ending.LEAK),
  LEAK_AFTER_EFFECT(true, Ending.LEAK),
  POISON_BEFORE_EFFECT(false, Ending.POISON),
  POISON_AFTER_EFFECT(true, Ending.POISON),

  /** The node dies while it calls nothing. */
  CRASH,
  /** The node lets go of the saga and claims it again from its journal. */
  RESTART,
  /** The journal can't be read, or refuses a record. */
  POISON,
  CANCEL,
  RETRY,
  ABORT_SAGA,
  FORCE_FORWARD,
  /** About a step whose turn it is. */
  MARK_DONE,
  MARK_NOT_DONE,
  SKIP_COMPENSATION,
  /** A signal comes that a step waits for, or will wait for. */
  SIGNAL,
  /** The saga was a child, and its parent turns back. */
  REVERSE,
  /** Time passes until the saga's deadline. */
  DEADLINE;

  /** How a call ends, as the coordinator sees it. */
  enum Ending {
    /** Its outcome is judged. */
    OUTCOME,
    /** The node dies, and another one takes over. */
    CRASH,
    /** It goes on after its interrupt. */
    LEAK,
    /** The journal refuses its outcome. */
    POISON
  }

  /** What only an operator asks. */
  static final Set<Event> OF_AN_OPERATOR = EnumSet.range(ABORT_SAGA, SKIP_COMPENSATION);

  private static final Set<Event> OF_AN_ACTION = ofAnAction();

  private static final Set<Event> OF_A_QUESTION =
      EnumSet.of(FAIL, ABORT, CRASH_BEFORE_EFFECT, LEAK_BEFORE_EFFECT, POISON_BEFORE_EFFECT);

  /** How a call may end; a probe tells the truth. */
  static Set<Event> of(Direction direction, boolean inEffect) {
    Set<Event> events = EnumSet.copyOf(OF_A_QUESTION);
    return switch (direction) {
      case CONDITION -> {
        events.addAll(EnumSet.of(SUCCEED, SKIP, REJECT));
        yield events;
      }
      case PROBE -> {
        events.add(inEffect ? SUCCEED : REJECT);
        yield events;
      }
      case ACTION, COMPENSATION -> OF_AN_ACTION;
    };
  }

  private static Set<Event> ofAnAction() {
    Set<Event> events = EnumSet.range(SUCCEED, POISON_AFTER_EFFECT);
    events.remove(SKIP);
    return events;
  }

  private final boolean takingEffect;
  private final Optional<Ending> ending;

  Event() {
    this.takingEffect = false;
    this.ending = Optional.empty();
  }

  Event(boolean takingEffect, Ending ending) {
    this.takingEffect = takingEffect;
    this.ending = Optional.of(ending);
  }

  /** Whether the action, or the compensation, takes effect at the participant. */
  boolean isTakingEffect() {
    return takingEffect;
  }

  Ending ending() {
    return ending.orElseThrow();
  }

  Outcome outcome() {
    return switch (this) {
      case SUCCEED -> Outcome.succeeded(Optional.of(Payload.ofText("\"done\"")));
      case SKIP -> Outcome.condition(false);
      case REJECT -> Outcome.failed(Outcome.Kind.REJECTED, "sold out");
      case FAIL, FAIL_AFTER_EFFECT -> Outcome.failed(Outcome.Kind.FAILED, "no answer");
      case ABORT, ABORT_AFTER_EFFECT -> Outcome.failed(Outcome.Kind.ABORTED, "bad gateway");
      default -> throw new IllegalStateException(this + " has no outcome");
    };
  }
}
