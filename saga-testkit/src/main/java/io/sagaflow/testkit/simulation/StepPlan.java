package io.sagaflow.testkit.simulation;

import io.sagaflow.Pause;
import io.sagaflow.RetryPolicy;
import io.sagaflow.StepKey;
import io.sagaflow.StepKind;
import io.sagaflow.machine.Trait;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A generated step.
 *
 * @param index its place in the definition
 * @param after the steps that it waits for
 * @param kind what it is to backward recovery
 * @param discipline how its participant takes repeated calls
 * @param compensated whether it has a compensation
 * @param atMostOnce whether its action is never called twice
 * @param conditional whether a condition decides if it runs
 * @param hasResult whether its action returns one
 * @param timeout of each attempt
 * @param retry of the action
 * @param compensationRetry of the compensation
 * @param work what it does
 */
record StepPlan(
    int index,
    List<Integer> after,
    StepKind kind,
    Discipline discipline,
    boolean compensated,
    boolean atMostOnce,
    boolean conditional,
    boolean hasResult,
    Duration timeout,
    RetryPolicy retry,
    RetryPolicy compensationRetry,
    Work work) {

  StepKey<Integer> key() {
    return Blueprint.KEYS.get(index);
  }

  String name() {
    return key().name();
  }

  /** The same step, but one that waits. */
  StepPlan waiting(Work.Wait wait) {
    return new StepPlan(
        index,
        after,
        kind,
        discipline,
        false,
        false,
        false,
        wait.isSignal(),
        timeout,
        retry,
        compensationRetry,
        wait);
  }

  /** The same step, but one that takes effect together with its record. */
  StepPlan writing(Work.Transactional transaction) {
    return new StepPlan(
        index,
        after,
        kind,
        Discipline.TOLERANT,
        compensated,
        false,
        conditional,
        hasResult,
        timeout,
        retry,
        compensationRetry,
        transaction);
  }

  /** The same step, but one that runs another saga. */
  StepPlan parentOf(Work.Child child) {
    return new StepPlan(
        index,
        after,
        kind,
        discipline,
        true,
        false,
        conditional,
        child.resultOf().isPresent(),
        timeout,
        RetryPolicy.brief(), // as the library has it
        RetryPolicy.persistent(),
        child);
  }

  /** The definition of the saga that it runs. */
  Optional<Blueprint> child() {
    return work instanceof Work.Child child ? Optional.of(child.blueprint()) : Optional.empty();
  }

  /** Whether it is a participant's effect, or one in the journal's database. */
  boolean isCall() {
    return work instanceof Work.Call || isTransactional();
  }

  /** Whether its action takes effect together with the record of its success, or not at all. */
  boolean isTransactional() {
    return work instanceof Work.Transactional;
  }

  /** Whether its compensation does. */
  boolean isUndoneInTransaction() {
    return work instanceof Work.Transactional transaction && transaction.undoneInTransaction();
  }

  /** What it waits for, instead of calling anybody. */
  Optional<Pause> pause() {
    return work instanceof Work.Wait wait ? Optional.of(wait.pause()) : Optional.empty();
  }

  boolean isWait() {
    return work instanceof Work.Wait;
  }

  /** How its calls are made. */
  Manner manner() {
    return work instanceof Work.Call call ? call.manner() : Manner.PLAIN;
  }

  /** Whether a call says if, and when, its action may begin. */
  private boolean isAsked() {
    return conditional || manner().locks() > 0;
  }

  /** How often it asks what came of its action; empty if it never does. */
  Optional<RetryPolicy> probeRetry() {
    return work instanceof Work.Call call ? call.probeRetry() : Optional.empty();
  }

  boolean isProbed() {
    return probeRetry().isPresent();
  }

  boolean isSignal() {
    return work instanceof Work.Wait wait && wait.isSignal();
  }

  /** Whether it is of the type that all results are of. */
  boolean isReadable() {
    return isCall() || (hasResult && (isSignal() || child().isPresent()));
  }

  /** Whether its action may have begun, for all that the journal says, when its turn has come. */
  boolean mayBeginSilently() {
    return !isAnnounced() && !isWait() && !isTransactional();
  }

  /** Whether a record says that its action may begin. */
  boolean isAnnounced() {
    return atMostOnce || isAsked();
  }

  Set<Trait> traits() {
    Set<Trait> traits = EnumSet.noneOf(Trait.class);
    if (compensated) {
      traits.add(Trait.COMPENSATED);
    }
    if (atMostOnce) {
      traits.add(Trait.AT_MOST_ONCE);
    }
    if (isAsked()) {
      traits.add(Trait.CONDITIONAL);
    }
    if (child().isPresent()) {
      traits.add(Trait.CHILD);
    }
    if (isProbed()) {
      traits.add(Trait.PROBED);
    }
    if (isTransactional()) {
      traits.add(Trait.TRANSACTIONAL);
    }
    return traits;
  }
}
