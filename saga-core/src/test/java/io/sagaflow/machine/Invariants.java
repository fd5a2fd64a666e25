package io.sagaflow.machine;

import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.TurnCause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What must hold of every saga whatever happens to it: those of the design's invariants that the
 * machine can keep, under its numbers, and what the API promises of attempts. They are checked
 * against the journal and the world, not against the state that the machine made of them.
 */
final class Invariants {

  private Invariants() {}

  /** How many events a saga needs at most to end once all goes well. */
  static int eventsToEnd(Plan plan) {
    int retryAndTurnAndEnd = 5;
    int forward = 12; // announce, wait, ask the condition, call, probe thrice
    int backward = 2; // wait, call
    return retryAndTurnAndEnd + plan.steps().size() * (forward + backward);
  }

  /** To be checked when a saga has been left alone for {@link #eventsToEnd} events. */
  static void checkEnded(SimulatedSaga saga) {
    require(saga.hasEnded(), "1: every saga ends");
  }

  /** To be checked when a saga has ended. */
  static void checkEnd(SimulatedSaga saga) {
    if (saga.state().status() == SagaStatus.COMPLETED) {
      checkCompleted(saga.world(), skipped(saga));
    } else {
      checkCompensated(saga.plan(), saga.world());
    }
  }

  /** To be checked after each record. */
  static void checkRecord(SimulatedSaga saga) {
    checkSeq(saga.journal());
    for (int i = 0; i < saga.plan().steps().size() && saga.held().isEmpty(); i++) {
      checkTruth(saga.state().step(i), saga.world().trace(i));
    }
    JournalRecord last = saga.journal().get(saga.journal().size() - 1);
    if (!isAnswerOfAProbe(saga.journal(), last.fact())) {
      checkRecordLimit(last, saga.plan().recordLimit());
    }
    checkDeadline(last, deadline(saga.journal()));
  }

  /** To be checked after each event; slow. */
  static void checkReplay(SimulatedSaga saga) {
    require(
        saga.machine().replay(saga.journal()).equals(saga.state()),
        "6: replaying the journal gives the live state");
  }

  /** To be checked before each call. */
  static void checkCall(SimulatedSaga saga, Call call) {
    switch (call.direction()) {
      case CONDITION -> checkCondition(saga, call.step());
      case PROBE -> checkProbe(saga, call.step());
      case ACTION -> checkAction(saga, call.step());
      case COMPENSATION -> checkCompensation(saga, call.step());
    }
    checkAttempt(saga, call);
  }

  /** To be checked before time passes. */
  static void checkWait(SimulatedSaga saga, Instant until) {
    require(until.isAfter(saga.now()), "1: a saga waits for the future only");
  }

  /** To be checked when a saga has ended; slow. */
  static void checkEndsOnce(SimulatedSaga saga) {
    Decision next = saga.machine().decide(saga.state(), Set.of(), Instant.MAX);
    require(next instanceof Decision.Rest, "1: a saga that has ended rests");
    for (RecordKind kind : RecordKind.values()) {
      boolean claimed = kind == RecordKind.SAGA_RESUMED; // to be reversed, as a child
      require(isRefused(saga, kind) || claimed, "1: no record follows a saga's end");
    }
  }

  private static boolean isRefused(SimulatedSaga saga, RecordKind kind) {
    Fact fact = Facts.of(kind, saga.plan().step(0).name());
    try {
      saga.machine()
          .apply(saga.state(), new JournalRecord(saga.state().seq() + 1, saga.now(), fact));
      return false;
    } catch (IllegalTransitionException e) {
      return true;
    }
  }

  private static Set<Integer> skipped(SimulatedSaga saga) {
    Set<Integer> skipped = new HashSet<>();
    for (int i = 0; i < saga.plan().steps().size(); i++) {
      if (saga.state().step(i).status() == StepStatus.SKIPPED) {
        skipped.add(i);
      }
    }
    return skipped;
  }

  static void checkCompleted(World world, Set<Integer> skipped) {
    for (int i = 0; i < world.traces().size(); i++) {
      World.Trace trace = world.trace(i);
      require(
          trace.inEffect() != skipped.contains(i),
          "2: every step of a completed saga is in effect, unless it was skipped");
      require(!trace.compensated(), "2: no step of a completed saga was compensated");
    }
  }

  static void checkCompensated(Plan plan, World world) {
    for (int i = 0; i < plan.steps().size(); i++) {
      boolean mayStay = plan.isCompensatable(i) && !plan.step(i).is(Trait.COMPENSATED);
      require(mayStay || !world.trace(i).inEffect(), "3: no effect of a compensated saga is left");
    }
  }

  private static void checkSeq(List<JournalRecord> journal) {
    int last = journal.size();
    require(journal.get(last - 1).seq() == last, "6: each journal's seq is gapless");
  }

  /** What the machine believes of a step is so, and what it doubts may be otherwise. */
  static void checkTruth(StepState step, World.Trace trace) {
    boolean holds =
        switch (step.status()) {
          case COMPLETED -> trace.inEffect() || trace.compensated();
          case SKIPPED -> !trace.called();
          case REJECTED, COMPENSATED -> !trace.inEffect();
          case PENDING, STARTED -> step.open() || !trace.inEffect();
          case UNKNOWN, COMPENSATION_FAILED -> true;
        };
    require(holds, "Promise 5: what the journal tells of a step is so, or is told as unknown");
  }

  static void checkRecordLimit(JournalRecord last, int limit) {
    require(
        !isFailure(last.fact()) || last.seq() <= limit,
        "Limits: a journal at its limit grows no further through retries");
  }

  static void checkDeadline(JournalRecord last, Optional<Instant> deadline) {
    boolean late =
        last.fact() instanceof Fact.SagaTurnedBack turned && turned.cause() == TurnCause.DEADLINE;
    boolean passed = deadline.filter(at -> !last.at().isBefore(at)).isPresent();
    require(!late || passed, "Promise 6: a deadline turns a saga no earlier than it passes");
  }

  private static void checkCondition(SimulatedSaga saga, int step) {
    checkTurn(saga, step);
    require(
        !isDecided(saga, step, sinceForced(saga.journal())),
        "A condition isn't asked again once its answer is journaled");
  }

  private static void checkProbe(SimulatedSaga saga, int step) {
    String name = saga.plan().step(step).name();
    boolean unknown =
        saga.journal().stream()
            .anyMatch(
                record ->
                    record.fact() instanceof Fact.StepUnknown fact && fact.step().equals(name));
    require(unknown, "Only an unknown outcome is asked for");
  }

  private static void checkAction(SimulatedSaga saga, int step) {
    checkTurn(saga, step);
    PlannedStep planned = saga.plan().step(step);
    require(
        !planned.is(Trait.CONDITIONAL) || isDecided(saga, step, saga.journal()),
        "An action starts when its condition's answer is journaled");
    World.Trace trace = saga.world().trace(step);
    require(
        !planned.is(Trait.AT_MOST_ONCE) || !trace.called(),
        "At most once: an at-most-once action is called a single time");
    boolean overdue = deadline(saga.journal()).filter(at -> !saga.now().isBefore(at)).isPresent();
    require(
        !overdue || !saga.plan().isCompensatable(step),
        "Promise 6: before the pivot no action starts after the deadline");
  }

  private static void checkTurn(SimulatedSaga saga, int step) {
    require(!hasTurned(saga), "4: no action starts after the turn to compensation");
    require(
        saga.plan().step(step).after().stream().allMatch(earlier -> isDone(saga, earlier)),
        "Promise 3: an action starts when all that it waits for has completed");
    List<JournalRecord> era = sinceForced(saga.journal());
    require(
        count(era, RecordKind.STEP_REJECTED) + count(era, RecordKind.STEP_MARKED_NOT_DONE) == 0,
        "4: no action starts once a step has failed for good");
  }

  private static boolean isDone(SimulatedSaga saga, int step) {
    String name = saga.plan().step(step).name();
    return saga.journal().stream()
        .anyMatch(
            record ->
                (record.fact() instanceof Fact.StepCompleted done && done.step().equals(name))
                    || isMarkedDone(record.fact(), name)
                    || isSkipped(record.fact(), name));
  }

  private static boolean isDecided(SimulatedSaga saga, int step, List<JournalRecord> records) {
    String name = saga.plan().step(step).name();
    return records.stream()
        .anyMatch(
            record ->
                (record.fact() instanceof Fact.StepStarted begun && begun.step().equals(name))
                    || isMarkedDone(record.fact(), name)
                    || isSkipped(record.fact(), name));
  }

  /** Then an operator has decided that it was to be done. */
  private static boolean isMarkedDone(Fact fact, String name) {
    return fact instanceof Fact.StepMarkedDone marked && marked.step().equals(name);
  }

  private static boolean isSkipped(Fact fact, String name) {
    return fact instanceof Fact.StepSkipped skipped && skipped.step().equals(name);
  }

  private static void checkCompensation(SimulatedSaga saga, int step) {
    World world = saga.world();
    require(hasTurned(saga), "4: no compensation starts before the turn");
    require(
        saga.running().values().stream()
            .allMatch(call -> call.direction() == Direction.COMPENSATION),
        "4: no compensation overlaps an action");
    require(
        saga.plan().step(step).is(Trait.COMPENSATED),
        "5: only what has a compensation is compensated");
    for (int later = step + 1; later < saga.plan().steps().size(); later++) {
      require(
          !isBehind(saga.plan(), later, step) || isUndone(saga, later),
          "5: compensations start in reverse order of their actions");
    }
    require(
        saga.plan().step(step).after().stream().allMatch(earlier -> isDone(saga, earlier)),
        "3: a step that was never reached isn't compensated");
    require(!world.trace(step).isSurelyRejected(), "3: what was surely refused isn't compensated");
    String name = saga.plan().step(step).name();
    for (JournalRecord record : sinceForced(saga.journal())) {
      require(!isSkipped(record.fact(), name), "3: what was skipped isn't compensated");
      require(
          !isCompensated(record.fact(), name),
          "4: a compensation that has completed isn't called again");
    }
  }

  /** Whether a step waits, by way of others perhaps, for another. */
  private static boolean isBehind(Plan plan, int later, int earlier) {
    return plan.step(later).after().stream()
        .anyMatch(index -> index == earlier || isBehind(plan, index, earlier));
  }

  /** Whether nothing of a step is left to undo, and no compensation of it is under way. */
  private static boolean isUndone(SimulatedSaga saga, int step) {
    boolean left =
        saga.plan().step(step).is(Trait.COMPENSATED) && saga.world().trace(step).inEffect();
    return !left && !saga.running().containsKey(step);
  }

  /** Attempts are counted, bounded and paused as the step's policy says. */
  private static void checkAttempt(SimulatedSaga saga, Call call) {
    PlannedStep step = saga.plan().step(call.step());
    RetryPolicy policy = policy(step, call.direction());
    List<JournalRecord> failures = failuresOf(saga.journal(), step.name());
    require(call.attempt() == failures.size() + 1, "Attempts are counted without gaps");
    require(call.attempt() <= policy.maxAttempts(), "No more attempts than the policy allows");
    if (!failures.isEmpty()) {
      Instant due = retryAt(failures.get(0).fact());
      Instant first = failures.get(failures.size() - 1).at();
      Optional<Instant> last = policy.maxElapsed().map(first::plus);
      require(!due.isAfter(saga.now()), "No attempt starts before its time");
      require(
          last.filter(due::isAfter).isEmpty(), "No attempt is due later than the policy allows");
    }
  }

  private static RetryPolicy policy(PlannedStep step, Direction direction) {
    return switch (direction) {
      case CONDITION, ACTION -> step.retry();
      case PROBE -> step.probeRetry();
      case COMPENSATION -> step.compensationRetry();
    };
  }

  /** The failures of a step since its saga started, turned or was sent on, the last one first. */
  private static List<JournalRecord> failuresOf(List<JournalRecord> journal, String step) {
    List<JournalRecord> failures = new ArrayList<>();
    for (int i = journal.size() - 1; !isFreshStart(journal, i, step); i--) {
      Fact fact = journal.get(i).fact();
      if (isFailure(fact) && stepOf(fact).equals(step)) {
        failures.add(journal.get(i));
      }
    }
    return failures;
  }

  private static boolean isFreshStart(List<JournalRecord> journal, int index, String step) {
    Fact fact = journal.get(index).fact();
    return switch (fact.kind()) {
      case ACTION_FAILED ->
          stepOf(fact).equals(step) && isAnswerOfAProbe(journal.subList(0, index + 1), fact);
      case SAGA_STARTED, SAGA_TURNED_BACK, SAGA_RETRIED, SAGA_FORCED_FORWARD -> true;
      case STEP_MARKED_DONE, STEP_MARKED_NOT_DONE, COMPENSATION_SKIPPED ->
          isStuckBefore(journal, index);
      case STEP_STARTED -> ((Fact.StepStarted) fact).step().equals(step);
      case STEP_UNKNOWN -> ((Fact.StepUnknown) fact).step().equals(step);
      default -> false;
    };
  }

  private static boolean isStuckBefore(List<JournalRecord> journal, int index) {
    int before = index - 1;
    while (isBeside(journal.get(before).fact().kind())) {
      before--;
    }
    return journal.get(before).fact().kind() == RecordKind.SAGA_STUCK;
  }

  /** Whether a record of that kind changes nothing about being stuck. */
  private static boolean isBeside(RecordKind kind) {
    return switch (kind) {
      case SAGA_RESUMED, SIGNAL_RECEIVED, COMMAND_REFUSED -> true;
      default -> false;
    };
  }

  /** Whether its journal says that it goes backward. */
  private static boolean hasTurned(SimulatedSaga saga) {
    return count(sinceForced(saga.journal()), RecordKind.SAGA_TURNED_BACK) == 1;
  }

  /** What was journaled since an operator made it go forward again, if one did. */
  private static List<JournalRecord> sinceForced(List<JournalRecord> journal) {
    int begin = journal.size();
    while (begin > 0 && journal.get(begin - 1).fact().kind() != RecordKind.SAGA_FORCED_FORWARD) {
      begin--;
    }
    return journal.subList(begin, journal.size());
  }

  private static boolean isFailure(Fact fact) {
    return switch (fact.kind()) {
      case ACTION_FAILED, PROBE_FAILED, COMPENSATION_FAILED -> true;
      default -> false;
    };
  }

  private static boolean isCompensated(Fact fact, String step) {
    return (fact instanceof Fact.StepCompensated compensated && compensated.step().equals(step))
        || (fact instanceof Fact.CompensationSkipped skipped && skipped.step().equals(step));
  }

  /** That an action of unknown outcome wasn't done is journaled as a failed attempt. */
  private static boolean isAnswerOfAProbe(List<JournalRecord> journal, Fact fact) {
    if (!(fact instanceof Fact.ActionFailed failed)) {
      return false;
    }
    for (int i = journal.size() - 2; i >= 0; i--) {
      Fact before = journal.get(i).fact();
      if (before instanceof Fact.StepUnknown unknown && unknown.step().equals(failed.step())) {
        return true;
      }
      if (before instanceof Fact.ActionFailed other && other.step().equals(failed.step())) {
        return false;
      }
    }
    return false;
  }

  private static Optional<Instant> deadline(List<JournalRecord> journal) {
    return count(journal, RecordKind.SAGA_FORCED_FORWARD) > 0
        ? Optional.empty() // it was lifted
        : ((Fact.SagaStarted) journal.get(0).fact()).deadline();
  }

  private static String stepOf(Fact failure) {
    return switch (failure.kind()) {
      case ACTION_FAILED -> ((Fact.ActionFailed) failure).step();
      case PROBE_FAILED -> ((Fact.ProbeFailed) failure).step();
      default -> ((Fact.CompensationFailed) failure).step();
    };
  }

  private static Instant retryAt(Fact failure) {
    return switch (failure.kind()) {
      case ACTION_FAILED -> ((Fact.ActionFailed) failure).retryAt();
      case PROBE_FAILED -> ((Fact.ProbeFailed) failure).retryAt();
      default -> ((Fact.CompensationFailed) failure).retryAt();
    };
  }

  private static long count(List<JournalRecord> journal, RecordKind kind) {
    long count = 0;
    for (JournalRecord record : journal) {
      count += record.fact().kind() == kind ? 1 : 0;
    }
    return count;
  }

  private static void require(boolean holds, String invariant) {
    if (!holds) {
      throw new AssertionError("Invariant broken. " + invariant);
    }
  }
}
