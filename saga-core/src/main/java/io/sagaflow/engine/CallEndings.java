package io.sagaflow.engine;

import io.sagaflow.machine.Call;
import io.sagaflow.machine.Direction;
import io.sagaflow.machine.Outcome;
import io.sagaflow.store.Fact;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StuckCause;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the calls of one saga end: each ending is noted with its {@link SagaCalls}, and says how the
 * saga goes on. Its actor's alone, and so for one at a time.
 */
final class CallEndings {

  private static final Logger LOG = LoggerFactory.getLogger(CallEndings.class);

  private static final Duration SHORTEST_REST = Duration.ofSeconds(1);
  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  /** How the saga goes on after an ending. */
  enum Then {
    /** As it was: the call doesn't count any more. */
    STAY,
    /** There is something to judge, or to wait for. */
    GO_ON,
    /** The call is still to be made: a little later, nothing is lost and nobody to blame. */
    AGAIN,
    /** The saga is to leave this node, or has: the call's outcome is others' to find out. */
    LEAVE
  }

  private final Owner owner;
  private final SagaHeader header;
  private final Compiled<?> definition;
  private final SagaCalls<?> calls;
  private boolean abandoned;

  CallEndings(Owner owner, SagaView<?> saga, SagaCalls<?> calls) {
    this.owner = owner;
    this.header = saga.header();
    this.definition = saga.definition();
    this.calls = calls;
  }

  /** Interrupts what runs; a failure that follows is not its own, and its outcome stays open. */
  void abandon(String why) {
    abandoned = !calls.isQuiet();
    calls.interrupt(why);
  }

  /** A call has ended; its saga may be gone, to where nobody wants its outcome. */
  Then ended(Attempt which, Outcome outcome, boolean gone) {
    Call call = which.call();
    if (!calls.end(which) && !calls.takeBack(which)) {
      which.refuse();
      if (calls.endLeaked(which)) {
        owner.leakEnded(header.id(), definition.nameOf(call));
      }
      return Then.STAY;
    }
    if (gone) {
      which.refuse();
    }
    if (abandoned && (gone || outcome.isInDoubt())) {
      calls.abandon(call);
      return Then.LEAVE;
    }
    return gone ? Then.LEAVE : noted(which, outcome);
  }

  private Then noted(Attempt which, Outcome outcome) {
    if (outcome.kind() == Outcome.Kind.WAITING) {
      calls.rest(which.call(), lookAgainAt());
    } else {
      logFailure(which.call(), outcome);
      calls.keep(which, outcome);
    }
    return Then.GO_ON;
  }

  /** The longer a saga has lived, the longer it can wait: by half as much, within bounds. */
  private Instant lookAgainAt() {
    Instant now = owner.now();
    Duration half = Duration.between(SagaIds.createdAt(header.id()), now).dividedBy(2);
    Duration pause = half.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : half;
    return now.plus(pause.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : pause);
  }

  /** A call was not begun. */
  Then notStarted(Attempt which, String why, boolean gone) {
    if (!calls.end(which)) {
      return Then.STAY;
    }
    if (gone) {
      return Then.LEAVE;
    }
    calls.settle(which.call());
    LOG.debug("Saga {}: step {} was not begun. {}", header, definition.nameOf(which.call()), why);
    return Then.AGAIN;
  }

  /** A call goes on in spite of its interrupt. */
  Then leaked(Attempt which, String why, boolean gone) {
    if (gone || !calls.end(which)) {
      return Then.STAY;
    }
    Call call = which.call();
    if (call.direction() == Direction.CONDITION
        && definition.step(call.step()).locking().isPresent()) {
      calls.rest(call, lookAgainAt()); // it waits for the store, and has no effect
    } else {
      calls.leak(which, leak(call, why));
    }
    return Then.GO_ON;
  }

  private Fact.SagaStuck leak(Call call, String why) {
    String name = definition.nameOf(call);
    String reason =
        "The "
            + call.direction().name().toLowerCase(Locale.ROOT)
            + " of step "
            + name
            + " "
            + why
            + ". Nothing runs beside it; the saga goes on by itself when the call ends. If its process"
            + " is gone, retry the saga; before, that would run a second attempt beside it. Give the"
            + " call a timeout of its own.";
    return new Fact.SagaStuck(StuckCause.CALL_LEAKED, Optional.of(name), reason);
  }

  private void logFailure(Call call, Outcome outcome) {
    if (outcome.isFailure()) {
      String what = call.direction().name().toLowerCase(Locale.ROOT);
      LOG.warn(
          "Saga {}: {} of step {} {} in attempt {}",
          header,
          what,
          definition.nameOf(call),
          outcome.kind(),
          call.attempt());
    }
  }
}
