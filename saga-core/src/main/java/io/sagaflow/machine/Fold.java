package io.sagaflow.machine;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKind;
import io.sagaflow.StepStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.ActionFailed;
import io.sagaflow.store.Fact.CompensationFailed;
import io.sagaflow.store.Fact.CompensationSkipped;
import io.sagaflow.store.Fact.ProbeFailed;
import io.sagaflow.store.Fact.SagaStarted;
import io.sagaflow.store.Fact.SagaStuck;
import io.sagaflow.store.Fact.SagaTurnedBack;
import io.sagaflow.store.Fact.SignalReceived;
import io.sagaflow.store.Fact.StepCompensated;
import io.sagaflow.store.Fact.StepCompleted;
import io.sagaflow.store.Fact.StepMarkedDone;
import io.sagaflow.store.Fact.StepMarkedNotDone;
import io.sagaflow.store.Fact.StepRejected;
import io.sagaflow.store.Fact.StepSkipped;
import io.sagaflow.store.Fact.StepStarted;
import io.sagaflow.store.Fact.StepUnknown;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.Payload;
import io.sagaflow.store.TurnCause;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Folds records into a state: replaying a journal gives the state. */
final class Fold {

  private final Plan plan;

  Fold(Plan plan) {
    this.plan = plan;
  }

  /** Folds a journal's first record. */
  SagaState begin(JournalRecord first) {
    if (first.seq() != 1 || !(first.fact() instanceof SagaStarted started)) {
      throw new IllegalTransitionException("A journal begins with SAGA_STARTED, not " + first);
    }
    List<StepState> steps = Collections.nCopies(plan.steps().size(), StepState.PENDING);
    SagaState begun =
        new SagaState(
            SagaStatus.RUNNING,
            1,
            steps,
            started.deadline(),
            Optional.empty(),
            Optional.empty(),
            started.lineage());
    return Pauses.noted(plan, begun, first.at());
  }

  SagaState apply(SagaState state, JournalRecord record) {
    if (record.seq() != state.seq() + 1) {
      throw illegal(state, record, "record " + (state.seq() + 1) + " is missing");
    }
    Set<SagaStatus> allowed = Transitions.INSTANCE.next(state.status(), record.fact().kind());
    if (allowed.isEmpty()) {
      throw illegal(state, record, "it is illegal in this status");
    }
    SagaState next = effect(state, record);
    if (!allowed.contains(next.status())) {
      throw illegal(state, record, "it can't lead to " + next.status());
    }
    return Pauses.noted(plan, next, record.at()).withSeq(record.seq());
  }

  private SagaState effect(SagaState state, JournalRecord record) {
    Fact fact = record.fact();
    return switch (fact.kind()) { // no default: a new kind has to say what it changes
      case SAGA_STARTED, COMMAND_REFUSED -> state;
      case SAGA_RESUMED -> opened(state);
      case STEP_STARTED -> started(state, record, (StepStarted) fact);
      case STEP_SKIPPED -> moveForward(state, record, ((StepSkipped) fact).step());
      case STEP_COMPLETED -> completed(state, record, (StepCompleted) fact);
      case ACTION_FAILED -> actionFailed(state, record, (ActionFailed) fact);
      case STEP_REJECTED -> rejected(state, record, (StepRejected) fact);
      case STEP_UNKNOWN -> unknown(state, record, (StepUnknown) fact);
      case PROBE_FAILED -> probeFailed(state, record, (ProbeFailed) fact);
      case SAGA_TURNED_BACK -> turnedBack(state, record, (SagaTurnedBack) fact);
      case STEP_COMPENSATED -> moveBackward(state, record, ((StepCompensated) fact).step());
      case COMPENSATION_FAILED -> compensationFailed(state, record, (CompensationFailed) fact);
      case SAGA_COMPLETED -> ended(state, record, SagaStatus.COMPLETED);
      case SAGA_COMPENSATED -> ended(state, record, SagaStatus.COMPENSATED);
      case SAGA_STUCK -> stuck(state, record, (SagaStuck) fact);
      case SAGA_RETRIED -> retried(state, record);
      case SIGNAL_RECEIVED -> received(state, record, (SignalReceived) fact);
      case STEP_MARKED_DONE -> markedDone(state, record, (StepMarkedDone) fact);
      case STEP_MARKED_NOT_DONE -> markedNotDone(state, record, (StepMarkedNotDone) fact);
      case COMPENSATION_SKIPPED ->
          moveBackward(sentOn(state, record), record, ((CompensationSkipped) fact).step());
      case SAGA_FORCED_FORWARD -> forcedForward(state, record);
    };
  }

  /**
   * After a claim after a death, or when a saga got stuck, perhaps because its journal refused an
   * outcome: the steps whose turn the journal makes it may have started.
   */
  private SagaState opened(SagaState state) {
    if (state.status() != SagaStatus.RUNNING) {
      return state;
    }
    SagaState opened = state;
    for (int index : Frontier.forward(plan, state)) {
      if (Frontier.mayHaveBegun(plan, state, index)) {
        opened = opened.withStep(index, state.step(index).opened());
      }
    }
    return opened;
  }

  /** Attempts are counted from 0 again: those before it were of the condition. */
  private SagaState started(SagaState state, JournalRecord record, StepStarted fact) {
    SagaState moved = moveForward(state, record, fact.step());
    int index = plan.indexOf(fact.step());
    return moved.withStep(index, moved.step(index).rested());
  }

  private SagaState completed(SagaState state, JournalRecord record, StepCompleted fact) {
    SagaState moved = moveForward(state, record, fact.step());
    int index = plan.indexOf(fact.step());
    Optional<Payload> signal = state.step(index).waiting().signal().map(StepState.Signal::value);
    return moved.withStep(index, moved.step(index).completed(fact.result().or(() -> signal)));
  }

  /** The first signal counts; that there was another one is told by whoever answers it. */
  private SagaState received(SagaState state, JournalRecord record, SignalReceived fact) {
    int index = plan.indexOf(fact.step());
    if (index < 0 || !plan.step(index).isSignal()) {
      throw illegal(state, record, "no such signal is waited for");
    }
    StepState step = state.step(index);
    if (step.waiting().signal().isPresent() || state.isDone(index)) {
      return state;
    }
    StepState.Signal signal = new StepState.Signal(fact.signalId(), fact.value());
    return state.withStep(
        index,
        step.withWaiting(new StepState.Waiting(step.waiting().since(), Optional.of(signal))));
  }

  private SagaState actionFailed(SagaState state, JournalRecord record, ActionFailed fact) {
    SagaState moved = moveForward(state, record, fact.step());
    int index = plan.indexOf(fact.step());
    if (state.step(index).status() == StepStatus.UNKNOWN) { // a probe says that it wasn't done
      StepState known = moved.step(index).closed().failed(fact.error());
      return moved.withStep(index, known.freshFrom(fact.retryAt()));
    }
    if (plan.step(plan.indexOf(fact.step())).is(Trait.AT_MOST_ONCE)) {
      throw illegal(state, record, "an at-most-once action is not tried again");
    }
    return failed(
        moved,
        fact.step(),
        record.at(),
        fact.error(),
        fact.retryAt(),
        mayHaveBegun(state, fact.step()));
  }

  private boolean mayHaveBegun(SagaState state, String step) {
    return Frontier.mayHaveBegun(plan, state, plan.indexOf(step));
  }

  private SagaState rejected(SagaState state, JournalRecord record, StepRejected fact) {
    SagaState moved = moveForward(state, record, fact.step());
    int index = plan.indexOf(fact.step());
    boolean known =
        state.step(index).status() == StepStatus.UNKNOWN // as a probe says
            || plan.step(index).is(Trait.CHILD);
    if (state.step(index).open() && !known) {
      throw illegal(state, record, "an earlier attempt may have taken effect");
    }
    return moved.withStep(index, moved.step(index).closed().failed(fact.error()));
  }

  private SagaState unknown(SagaState state, JournalRecord record, StepUnknown fact) {
    SagaState moved = moveForward(state, record, fact.step());
    int index = plan.indexOf(fact.step());
    boolean ask = plan.step(index).is(Trait.PROBED);
    boolean givenUp = state.step(index).status() == StepStatus.UNKNOWN;
    if (!plan.isCompensatable(index) && (!ask || givenUp)) {
      throw illegal(state, record, "what can't be compensated is retried until it is known");
    }
    StepState unknown = moved.step(index).opened().failed(fact.error());
    return moved.withStep(
        index, ask && !givenUp ? unknown.freshFrom(record.at()) : unknown.givenUp());
  }

  private SagaState probeFailed(SagaState state, JournalRecord record, ProbeFailed fact) {
    SagaState moved = moveForward(state, record, fact.step());
    return failed(moved, fact.step(), record.at(), fact.error(), fact.retryAt(), true);
  }

  private SagaState turnedBack(SagaState state, JournalRecord record, SagaTurnedBack fact) {
    SagaState marked = state.freed();
    boolean may =
        fact.cause() == TurnCause.REVERSED
            ? Frontier.mayReverse(plan, marked)
            : Frontier.mayTurnBack(plan, marked);
    if (!may) {
      throw illegal(state, record, "the point of no return may have been passed");
    }
    for (int index : Frontier.forward(plan, marked)) {
      if (Frontier.mayHaveBegun(plan, state, index)) {
        marked = marked.withStep(index, turned(state.step(index)));
      }
    }
    return rested(marked).withTurnReason(fact.reason()).withStatus(SagaStatus.COMPENSATING);
  }

  private static StepState turned(StepState step) {
    StepStatus status =
        Transitions.INSTANCE
            .next(step.status())
            .getOrDefault(RecordKind.SAGA_TURNED_BACK, step.status());
    return step.with(status);
  }

  private SagaState compensationFailed(
      SagaState state, JournalRecord record, CompensationFailed fact) {
    SagaState moved = moveBackward(state, record, fact.step());
    return failed(moved, fact.step(), record.at(), fact.error(), fact.retryAt(), false);
  }

  private SagaState ended(SagaState state, JournalRecord record, SagaStatus status) {
    boolean forward = status == SagaStatus.COMPLETED;
    boolean over =
        (forward ? Frontier.forward(plan, state) : Frontier.backward(plan, state)).isEmpty();
    if (!over) {
      throw illegal(state, record, "steps are left");
    }
    return state.withStatus(status);
  }

  private SagaState stuck(SagaState state, JournalRecord record, SagaStuck fact) {
    SagaStatus from = state.stuckFrom().orElse(state.status());
    SagaState marked =
        fact.step().isPresent()
            ? stuckOn(state.withStatus(from), record, fact.step().orElseThrow())
            : opened(state);
    return marked
        .withStuck(Optional.of(new SagaState.Stuck(from, fact.reason())))
        .withStatus(SagaStatus.STUCK);
  }

  private SagaState stuckOn(SagaState state, JournalRecord record, String step) {
    if (state.status() == SagaStatus.COMPENSATING) {
      return moveBackward(state, record, step);
    }
    int index = plan.indexOf(step);
    if (index < 0 || !Frontier.isTurn(plan, state, index)) {
      throw illegal(state, record, "it is not this step's turn");
    }
    return opened(state);
  }

  private SagaState retried(SagaState state, JournalRecord record) {
    if (state.stuckFrom().isEmpty()) {
      throw new IllegalStateException("stuck from nowhere");
    }
    SagaState fresh = rested(state).freed();
    return fresh.status() == SagaStatus.RUNNING ? askedAgain(fresh, record.at()) : fresh;
  }

  /** A fresh set of attempts is one of the status query where that was given up. */
  private SagaState askedAgain(SagaState state, Instant at) {
    SagaState asked = state;
    for (int index : Frontier.forward(plan, state)) {
      StepState step = state.step(index);
      if (step.status() == StepStatus.UNKNOWN && plan.step(index).is(Trait.PROBED)) {
        asked = asked.withStep(index, step.freshFrom(at));
      }
    }
    return asked;
  }

  /** What an operator said sends a stuck saga on; one that isn't stuck keeps its attempts. */
  private SagaState sentOn(SagaState state, JournalRecord record) {
    return state.status() == SagaStatus.STUCK ? retried(state, record) : state;
  }

  private SagaState markedDone(SagaState state, JournalRecord record, StepMarkedDone fact) {
    SagaState moved = moveForward(sentOn(state, record), record, fact.step());
    int index = plan.indexOf(fact.step());
    return moved.withStep(index, moved.step(index).completed(fact.result()));
  }

  private SagaState markedNotDone(SagaState state, JournalRecord record, StepMarkedNotDone fact) {
    SagaState moved = moveForward(sentOn(state, record), record, fact.step());
    int index = plan.indexOf(fact.step());
    if (plan.step(index).kind() == StepKind.RETRIABLE) {
      throw illegal(state, record, "after the pivot there is nothing to turn back to");
    }
    String error = "Marked not done by " + fact.by() + ": " + fact.reason();
    return moved.withStep(index, moved.step(index).rejected(error));
  }

  private SagaState forcedForward(SagaState state, JournalRecord record) {
    boolean turned = state.heading() == SagaStatus.COMPENSATING;
    if (!turned || Revival.obstacle(plan, state).isPresent()) {
      throw illegal(state, record, "it can't go forward again");
    }
    SagaState revived = rested(state);
    for (int index : Revival.stepsToRepeat(plan, state)) {
      revived = revived.withStep(index, Revival.repeated(plan.step(index), state.step(index)));
    }
    return revived.forward();
  }

  private static SagaState rested(SagaState state) {
    return state.withSteps(state.steps().stream().map(StepState::rested).toList());
  }

  private SagaState failed(
      SagaState state, String name, Instant at, String error, Instant retryAt, boolean open) {
    int index = plan.indexOf(name);
    StepState step = state.step(index).failedUntil(at, error, retryAt);
    return state.withStep(index, open ? step.opened() : step);
  }

  /** Moves a step whose action may run. */
  private SagaState moveForward(SagaState state, JournalRecord record, String name) {
    return move(state, record, name, Frontier.forward(plan, state));
  }

  /** Moves a step whose compensation may run. */
  private SagaState moveBackward(SagaState state, JournalRecord record, String name) {
    return move(state, record, name, Frontier.backward(plan, state));
  }

  private SagaState move(SagaState state, JournalRecord record, String name, List<Integer> turn) {
    int index = plan.indexOf(name);
    if (!turn.contains(index)) {
      throw illegal(state, record, "it is not this step's turn");
    }
    if (state.status() == SagaStatus.RUNNING
        && state.step(index).status() == StepStatus.UNKNOWN
        && !Frontier.isBeingProbed(plan, state, index)
        && !isMarked(record)) {
      throw illegal(state, record, "its unknown outcome is not asked for");
    }
    StepState step = state.step(index);
    StepStatus next = Transitions.INSTANCE.next(step.status()).get(record.fact().kind());
    if (next == null) {
      throw illegal(state, record, "it is illegal for a step that is " + step.status());
    }
    return state.withStep(index, step.with(next));
  }

  /** Whether an operator tells the outcome, whoever else was asked for it. */
  private static boolean isMarked(JournalRecord record) {
    RecordKind kind = record.fact().kind();
    return kind == RecordKind.STEP_MARKED_DONE || kind == RecordKind.STEP_MARKED_NOT_DONE;
  }

  private IllegalTransitionException illegal(
      SagaState state, JournalRecord record, String problem) {
    return new IllegalTransitionException(
        "Record "
            + record.seq()
            + " "
            + record.fact().kind()
            + " doesn't fit a saga of "
            + plan.definition()
            + " that is "
            + state.status()
            + " at record "
            + state.seq()
            + ": "
            + problem
            + ".");
  }
}
