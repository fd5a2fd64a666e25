package io.sagaflow.testkit.simulation;

import io.sagaflow.Pause;
import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKind;
import io.sagaflow.testkit.simulation.Blueprints.About;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Generates steps: with limits and policies of every kind, and some that wait. */
final class StepPlans {

  private static final Duration LONG_PAUSE = Duration.ofSeconds(80);
  private static final Discipline[] DISCIPLINES = {
    Discipline.BARRIER, Discipline.BARRIER, Discipline.TOLERANT, Discipline.BARE
  };

  private final Dice dice;

  StepPlans(Dice dice) {
    this.dice = dice;
  }

  StepPlan step(int number, int index, StepKind kind, List<Integer> after) {
    StepPlan calling = calling(number, index, kind, after);
    Optional<Work.Wait> wait = work(number, index, kind);
    return wait.isPresent() ? calling.waiting(wait.get()) : inTransaction(number, calling);
  }

  /** Some definitions have steps that write in the journal's database, and these often. */
  private StepPlan inTransaction(int number, StepPlan step) {
    long at = Dice.occasion(number, step.index(), 0, 0);
    boolean writes =
        has(About.HAS_TRANSACTIONS, number, 0.2) && dice.unit(About.TRANSACTION, at) < 0.6;
    return writes
        ? step.writing(new Work.Transactional(dice.unit(About.UNDONE_IN_TRANSACTION, at) < 0.7))
        : step;
  }

  /** One that calls its participant. */
  StepPlan calling(int number, int index, StepKind kind, List<Integer> after) {
    long at = Dice.occasion(number, index, 0, 0);
    boolean compensatable = kind == StepKind.COMPENSATABLE;
    Work.Call work = new Work.Call(probeRetry(number, at), manner(number, kind, at));
    boolean repeatable = !compensatable && (kind == StepKind.RETRIABLE || !work.isProbed());
    boolean atMostOnce = !repeatable && dice.unit(About.AT_MOST_ONCE, at) < 0.15;
    boolean conditional = kind != StepKind.PIVOT && dice.unit(About.CONDITIONAL, at) < 0.12;
    return new StepPlan(
        index,
        after,
        kind,
        DISCIPLINES[dice.below(DISCIPLINES.length, About.DISCIPLINE, at)],
        compensatable && dice.unit(About.COMPENSATED, at) < 0.85,
        atMostOnce,
        conditional,
        dice.unit(About.RESULT, at) < 0.7,
        Duration.ofMillis(200 + dice.below(1_500, About.TIMEOUT, at)),
        retry(About.RETRY, at, compensatable ? 3 : 6, hasLocks(number)),
        retry(About.COMPENSATION_RETRY, at, 6, hasLocks(number)),
        work);
  }

  /** Where sagas wait for each other's end, none waits for as long as a run lasts. */
  private boolean hasLocks(long number) {
    return has(About.HAS_LOCKS, number, 0.3);
  }

  /**
   * Whether some definition has steps of some kind. In a good part of the runs none has any: what
   * goes wrong with ordinary steps shows sooner there.
   */
  boolean has(About kind, long number, double chance) {
    return dice.unit(About.IS_PLAIN, 0) > 0.4 && dice.unit(kind, number) < chance;
  }

  /** Some definitions have calls of these kinds, and some have locks. */
  private Manner manner(int number, StepKind kind, long at) {
    boolean special = has(About.HAS_MANNERS, number, 0.5);
    boolean limited = special && dice.unit(About.AT_A_TIME, at) < 0.3;
    boolean locking =
        kind != StepKind.RETRIABLE && hasLocks(number) && dice.unit(About.LOCKS, at) < 0.4;
    return new Manner(
        special && dice.unit(About.ASYNCHRONOUS, at) < 0.4,
        limited ? OptionalInt.of(2 + dice.below(4, About.AT_A_TIME, at)) : OptionalInt.empty(),
        locking ? 1 + dice.below(2, About.LOCKS, at) : 0);
  }

  /** Some definitions have probes, and there some steps. */
  private Optional<RetryPolicy> probeRetry(int number, long at) {
    boolean probed = has(About.HAS_PROBES, number, 0.6) && dice.unit(About.PROBED, at) < 0.6;
    return probed
        ? Optional.of(retry(About.PROBE_RETRY, at, 3, hasLocks(number)))
        : Optional.empty();
  }

  private RetryPolicy retry(About about, long at, int mostAttempts, boolean brief) {
    RetryPolicy policy = pauses(about, at, brief);
    if (dice.unit(About.ELAPSED, at * 2 + (about == About.RETRY ? 0 : 1)) < 0.15) {
      policy = policy.maxElapsed(Duration.ofMillis(100 + dice.below(1_500, About.ELAPSED, at + 1)));
    }
    int attempts =
        dice.below(
            (about == About.COMPENSATION_RETRY ? 2 : mostAttempts) + 1,
            About.ATTEMPTS,
            at * 2 + (about == About.RETRY ? 0 : 1));
    return attempts == 0 && about == About.COMPENSATION_RETRY
        ? policy // for ever
        : policy.maxAttempts(Math.max(1, attempts));
  }

  /** Some steps pause for longer than all faults last: a deadline has to wake them. */
  private RetryPolicy pauses(About about, long at, boolean brief) {
    Duration first = Duration.ofMillis(20 + dice.below(300, about, at));
    return about == About.RETRY && !brief && dice.unit(About.LONG_PAUSE, at) < 0.02
        ? RetryPolicy.exponential(LONG_PAUSE, LONG_PAUSE)
        : RetryPolicy.exponential(first, Duration.ofSeconds(1));
  }

  /** What a step waits for, in some definitions, and there in some steps but never the pivot. */
  private Optional<Work.Wait> work(int number, int index, StepKind kind) {
    long at = Dice.occasion(number, index, 0, 0);
    boolean waits =
        kind != StepKind.PIVOT
            && has(About.HAS_WAITS, number, Cleaning.isRolled(dice) ? 0.9 : 0.5)
            && dice.unit(About.WAIT, at) < 0.3;
    return waits ? Optional.of(new Work.Wait(pause(kind, at, hasLocks(number)))) : Optional.empty();
  }

  private Pause pause(StepKind kind, long at, boolean brief) {
    double isLong = Cleaning.isRolled(dice) ? 0.3 : 0.03; // parents end after their children
    int longest =
        !brief && dice.unit(About.LONG_WAIT, at) < isLong ? (int) LONG_PAUSE.toMillis() : 3_000;
    Duration time = Duration.ofMillis(20 + dice.below(longest, About.WAIT_TIME, at));
    if (dice.unit(About.SIGNAL, at) < 0.5) {
      return new Pause(Pause.Kind.SLEEP, Optional.of(time));
    }
    boolean timed = kind == StepKind.COMPENSATABLE && dice.unit(About.WAIT_IS_TIMED, at) < 0.6;
    return new Pause(
        Pause.Kind.SIGNAL, timed ? Optional.of(time.plusMillis(300)) : Optional.empty());
  }
}
