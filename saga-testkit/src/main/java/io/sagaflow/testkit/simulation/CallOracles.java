package io.sagaflow.testkit.simulation;

import io.sagaflow.CompensationContext;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import io.sagaflow.StepKind;
import io.sagaflow.testkit.simulation.StepBook.Journaled;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What must hold whenever a call begins, and whenever an action takes effect. They rely on the
 * committed rows and on the calls that participants got before.
 */
final class CallOracles {

  /** What an action may begin late by, between its decision and its beginning. */
  private static final Duration DISPATCH = Duration.ofSeconds(3);

  private CallOracles() {}

  static List<Oracle.OfCalls> all() {
    return List.of(
        new OnlyTheOwnerCalls(),
        new OneCallOfASequence(),
        new NoActionAfterTheTurn(),
        new NoActionOnceAStepHasFailed(),
        new NoCallAheadOfTheJournal(),
        new NoCompensationBesideItsTurn(),
        new AtMostOnceIsNotRepeated(),
        new OneKeyForAllAttempts(),
        new NoCallWithoutAReason(),
        new ResultsComeFromTheJournal(),
        new NoActionAfterTheDeadline(),
        new NoActionBesideItsProbe());
  }

  static List<Oracle.OfEffects> ofEffects() {
    return List.of(new NoEffectAfterTheCompensation());
  }

  /** The last step behind another one that may have an effect and isn't compensated, or null. */
  static @Nullable StepBook firstToCompensateBehind(SagaBook saga, StepBook step) {
    for (int i = saga.steps.size() - 1; i > step.plan.index(); i--) {
      StepBook behind = saga.steps.get(i);
      if (!saga.isBehind(behind, step)) {
        continue;
      }
      boolean mayHaveEffect =
          behind.journaled == Journaled.COMPLETED || behind.journaled == Journaled.UNKNOWN;
      if (behind.plan.compensated() && mayHaveEffect) {
        return behind;
      }
    }
    return null;
  }

  /** A call begins only on the node that owns the saga: a zombie knows that its lease is over. */
  static final class OnlyTheOwnerCalls implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      return call.place().isNode(call.saga().owner)
          ? null
          : call + " begins on " + call.place() + ", which doesn't own the saga";
    }
  }

  /**
   * Within one ownership only steps of different branches run side by side, and in one direction,
   * unless a call has leaked.
   */
  static final class OneCallOfASequence implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      if (call.saga().leakingCalls > 0) {
        return null;
      }
      for (Invocation other : call.saga().running) {
        if (other.isBeside(call) && !mayRunBeside(call, other)) {
          return call + " begins while " + other + " runs";
        }
      }
      return null;
    }
  }

  private static boolean mayRunBeside(Invocation call, Invocation other) {
    SagaBook saga = call.saga();
    return call.step() != other.step()
        && call.direction() == other.direction()
        && !saga.isBehind(call.step(), other.step())
        && !saga.isBehind(other.step(), call.step());
  }

  /** Once a step has failed for good, no action starts any more. */
  static final class NoActionOnceAStepHasFailed implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      return call.isAction() && call.saga().hasFailed()
          ? call + " begins although a step has failed for good"
          : null;
    }
  }

  /** No action starts after its saga's turn to compensation. */
  static final class NoActionAfterTheTurn implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      return call.isAction() && call.saga().turned ? call + " begins after the turn" : null;
    }
  }

  /** An action begins only when everything that led to it is durable. */
  static final class NoCallAheadOfTheJournal implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      if (!call.isAction()) {
        return null;
      }
      SagaBook saga = call.saga();
      StepBook step = call.step();
      boolean turn = saga.isTurn(step) && saga.status == SagaStatus.RUNNING;
      boolean announced = !step.plan.isAnnounced() || step.journaled == Journaled.STARTED;
      return turn && announced
          ? null
          : call + " begins, and by the journal it isn't its turn (" + step.journaled + ")";
    }
  }

  /** A compensation begins only for what may have an effect, and after all those behind it. */
  static final class NoCompensationBesideItsTurn implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      if (call.isAction()) {
        return null;
      }
      Journaled journaled = call.step().journaled;
      boolean needed = journaled == Journaled.COMPLETED || journaled == Journaled.UNKNOWN;
      boolean turned = call.saga().turned && call.saga().status == SagaStatus.COMPENSATING;
      StepBook behind = firstToCompensateBehind(call.saga(), call.step());
      return needed && turned && behind == null
          ? null
          : call + " begins, and by the journal it isn't its turn (" + journaled + ")";
    }
  }

  /** An at-most-once action is called once. */
  static final class AtMostOnceIsNotRepeated implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      boolean again = call.isAction() && call.step().actionCalls > 0;
      return again && call.step().plan.atMostOnce() ? call + " is called again" : null;
    }
  }

  /** The key is the same for all attempts, on every node, and no other call's. */
  static final class OneKeyForAllAttempts implements Oracle.OfCalls {

    private final Map<String, StepBook> known = new HashMap<>();

    @Override
    public @Nullable String check(Invocation call) {
      StepBook step = call.step();
      String before = call.isAction() ? step.actionKey : step.compensationKey;
      String other = call.isAction() ? step.compensationKey : step.actionKey;
      String key = call.context().idempotencyKey();
      boolean mine = before == null ? known.put(key, step) == null : before.equals(key);
      return mine && !key.equals(other) ? null : call + " has key " + key + ", and had " + before;
    }
  }

  /** Within one ownership every attempt has a higher number than the one before. */
  static final class NoCallWithoutAReason implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      StepBook step = call.step();
      int epoch = call.isAction() ? step.actionEpoch : step.compensationEpoch;
      int before = call.isAction() ? step.actionAttempt : step.compensationAttempt;
      boolean sameRound = epoch == call.epoch() && call.saga().answers == step.answersAt;
      return sameRound && call.context().attempt() <= before
          ? call + " begins after attempt " + before
          : null;
    }
  }

  /** What an action or compensation reads of its saga is what the journal holds. */
  static final class ResultsComeFromTheJournal implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      StepContext<Integer> context = call.context();
      if (call.context().input() != call.saga().number) {
        return call + " reads input " + context.input();
      }
      StepBook read = call.isAction() ? before(call) : call.step();
      if (read == null || !read.plan.isReadable()) {
        return null;
      }
      Optional<Integer> result =
          context instanceof CompensationContext<?, ?> own && !call.isAction()
              ? own.ownResult().map(Integer.class::cast)
              : context.findResult(read.plan.key());
      return result.equals(Optional.ofNullable(read.result))
          ? null
          : call + " reads " + result + " of " + read.plan.name() + ", journaled " + read.result;
    }

    private static @Nullable StepBook before(Invocation call) {
      List<Integer> after = call.step().plan.after();
      return after.isEmpty() ? null : call.saga().steps.get(after.get(0));
    }
  }

  /**
   * A saga that may still turn back starts no action when its deadline has long passed. Nobody can
   * help a pause, or a jump of the clock, between the decision and the beginning.
   */
  static final class NoActionAfterTheDeadline implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      Optional<Duration> deadline = call.saga().blueprint.deadline();
      if (deadline.isEmpty()
          || !call.isAction()
          || call.saga().forced
          || call.place().isJustDisturbed()
          || call.step().plan.kind() != StepKind.COMPENSATABLE) {
        return null;
      }
      Instant latest = call.saga().startedAt.plus(deadline.get()).plus(DISPATCH);
      Instant now = call.place().clock().instant();
      return now.isAfter(latest) ? call + " begins at " + now + ", due by " + latest : null;
    }
  }

  /** An action of which it is asked what came of it isn't called, nor one that is known as done. */
  static final class NoActionBesideItsProbe implements Oracle.OfCalls {
    @Override
    public @Nullable String check(Invocation call) {
      boolean asked = call.step().isBeingProbed() || call.step().saidDone;
      return call.isAction() && asked ? call + " begins, and its probe settles it" : null;
    }
  }

  /** After a step's compensation has completed, its action never takes effect. */
  static final class NoEffectAfterTheCompensation implements Oracle.OfEffects {
    @Override
    public @Nullable String check(Invocation call) {
      boolean compensated = call.step().journaled == Journaled.COMPENSATED;
      return compensated && call.step().isCounted()
          ? call + " takes effect after its compensation"
          : null;
    }
  }
}
