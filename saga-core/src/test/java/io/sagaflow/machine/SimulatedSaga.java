package io.sagaflow.machine;

import io.sagaflow.RecordKind;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.SagaResumed;
import io.sagaflow.store.Fact.SagaStuck;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.StuckCause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Drives the machine through one saga in virtual time, as the engine would: decide, append or call,
 * judge, append. Whoever plays it chooses what happens next; the invariants are checked after every
 * event. Mutable.
 */
final class SimulatedSaga {

  /**
   * An event, and how long the journal was before it.
   *
   * @param move what happened
   * @param records how many records there were
   */
  record Scene(Move move, int records) {}

  private final SagaMachine machine;
  private final Coverage coverage;
  private final World world;
  private final List<JournalRecord> journal;
  private final List<Scene> scenes;

  /** The calls under way, by their steps. */
  private final Map<Integer, Call> running = new TreeMap<>();

  /** What makes the saga stuck once nothing runs. */
  private final List<SagaStuck> held = new ArrayList<>();

  private SagaState state;
  private Instant now;

  SimulatedSaga(Plan plan, Optional<Duration> deadline, Coverage coverage) {
    this.machine = new SagaMachine(plan);
    this.coverage = coverage;
    this.world = new World(plan.steps().size());
    this.scenes = new ArrayList<>();
    this.now = Story.START;
    this.journal = new ArrayList<>();
    journal.add(new JournalRecord(1, now, Facts.sagaStarted(deadline.map(now::plus))));
    this.state = machine.replay(journal);
  }

  private SimulatedSaga(SimulatedSaga other) {
    this.machine = other.machine;
    this.coverage = other.coverage;
    this.world = other.world.copy();
    this.scenes = new ArrayList<>(other.scenes);
    this.running.putAll(other.running);
    this.held.addAll(other.held);
    this.now = other.now;
    this.journal = new ArrayList<>(other.journal);
    this.state = other.state;
  }

  /** What may be played without touching the original. */
  SimulatedSaga copy() {
    return new SimulatedSaga(this);
  }

  SagaMachine machine() {
    return machine;
  }

  Plan plan() {
    return machine.plan();
  }

  World world() {
    return world;
  }

  SagaState state() {
    return state;
  }

  Instant now() {
    return now;
  }

  List<JournalRecord> journal() {
    return journal;
  }

  List<Scene> scenes() {
    return scenes;
  }

  Map<Integer, Call> running() {
    return running;
  }

  List<SagaStuck> held() {
    return held;
  }

  boolean hasEnded() {
    return state.status().isTerminal();
  }

  /** What may happen next; nothing once the saga has ended for good. */
  Set<Move> possible() {
    Set<Move> moves = new LinkedHashSet<>();
    if (hasEnded()) {
      if (Frontier.mayReverse(plan(), state)) {
        moves.add(Move.of(Event.REVERSE));
        moves.add(Move.of(Event.CRASH));
      }
      return moves;
    }
    moves.add(Move.of(Event.CRASH));
    if (held.isEmpty()) {
      moves.add(Move.of(Event.POISON));
    }
    if (running.isEmpty()) {
      moves.add(Move.of(Event.RESTART));
      moves.add(Move.of(Event.CANCEL));
      moves.add(Move.of(Event.RETRY));
      moves.add(Move.of(Event.ABORT_SAGA));
      moves.add(Move.of(Event.FORCE_FORWARD));
    }
    addVerbs(moves);
    if (state.deadline().filter(now::isBefore).isPresent()) {
      moves.add(Move.of(Event.DEADLINE));
    }
    Decision decision = decide();
    for (Call call : callsThatMayEnd(decision)) {
      Event.of(call.direction(), world.trace(call.step()).inEffect())
          .forEach(event -> moves.add(new Move(event, call.step())));
    }
    if (isWaitOrAppend(decision)) {
      moves.add(benign());
    }
    return moves;
  }

  /** What an operator may say of a step of which no call runs, and the signals. */
  private void addVerbs(Set<Move> moves) {
    List<Integer> turn =
        state.heading() == SagaStatus.RUNNING
            ? Frontier.forward(plan(), state)
            : Frontier.backward(plan(), state);
    for (int step : turn) {
      if (held.isEmpty() && !running.containsKey(step)) {
        moves.add(new Move(Event.MARK_DONE, step));
        moves.add(new Move(Event.MARK_NOT_DONE, step));
        moves.add(new Move(Event.SKIP_COMPENSATION, step));
      }
    }
    for (int step : plan().pauses()) {
      if (plan().step(step).isSignal()) {
        moves.add(new Move(Event.SIGNAL, step));
      }
    }
  }

  private static boolean isWaitOrAppend(Decision decision) {
    return decision instanceof Decision.Append
        || (decision instanceof Decision.Wait wait && wait.until().isPresent());
  }

  /** Those that run, and those that are to begin. */
  private List<Call> callsThatMayEnd(Decision decision) {
    List<Call> calls = new ArrayList<>(running.values());
    if (decision instanceof Decision.Run run) {
      calls.addAll(run.calls());
    }
    return calls;
  }

  /** As the engine decides: nothing begins while something is held back for the running calls. */
  private Decision decide() {
    return held.isEmpty() || running.isEmpty()
        ? machine.decide(state, running.keySet(), now)
        : new Decision.Wait(Optional.empty());
  }

  /** What happens when all goes well. */
  Move benign() {
    Decision decision = decide();
    if (decision instanceof Decision.Append) {
      return Move.of(Event.APPEND);
    }
    List<Call> calls = callsThatMayEnd(decision);
    if (!calls.isEmpty()) {
      Call call = calls.get(0);
      boolean known = call.direction() != Direction.PROBE || world.trace(call.step()).inEffect();
      return new Move(known ? Event.SUCCEED : Event.REJECT, call.step());
    }
    if (decision instanceof Decision.Wait) {
      return Move.of(Event.WAIT);
    }
    return state.status() == SagaStatus.STUCK
        ? Move.of(Event.RETRY)
        : new Move(Event.SIGNAL, Frontier.forward(plan(), state).get(0));
  }

  /** Lets time pass. */
  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Plays an event, of the first call that it may be about. */
  void play(Event event, double roll) {
    List<Call> calls = callsThatMayEnd(decide());
    play(new Move(event, calls.isEmpty() ? Move.NONE : calls.get(0).step()), roll);
  }

  /** Plays an event; {@code roll} is for the jitter of a retry. */
  void play(Move move, double roll) {
    scenes.add(new Scene(move, journal.size()));
    Decision decision = decide();
    switch (move.event()) {
      case APPEND -> append(((Decision.Append) decision).fact());
      case WAIT -> waitUntil(((Decision.Wait) decision).until().orElseThrow());
      case CRASH -> crash();
      case RESTART -> state = machine.replay(journal);
      case POISON -> poison();
      case CANCEL -> command(CommandKind.CANCEL, move);
      case RETRY -> command(CommandKind.RETRY, move);
      case REVERSE -> command(CommandKind.REVERSE, move);
      case ABORT_SAGA -> command(CommandKind.ABORT, move);
      case FORCE_FORWARD -> command(CommandKind.FORCE_FORWARD, move);
      case MARK_DONE -> command(CommandKind.MARK_DONE, move);
      case MARK_NOT_DONE -> command(CommandKind.MARK_NOT_DONE, move);
      case SKIP_COMPENSATION -> command(CommandKind.SKIP_COMPENSATION, move);
      case SIGNAL -> command(CommandKind.SIGNAL, move);
      case DEADLINE -> now = state.deadline().orElseThrow();
      default -> {
        begin(decision);
        end(running.remove(move.step()), move.event(), roll);
      }
    }
    if (hasEnded()) {
      Invariants.checkEnd(this);
    }
  }

  /** An operator tells the truth, or first makes it so by hand. */
  private void command(CommandKind kind, Move move) {
    NewCommand command = NewCommand.of(kind, "ann", "because");
    if (move.step() != Move.NONE) {
      command = command.withStep(plan().step(move.step()).name());
    }
    if (kind == CommandKind.SIGNAL) {
      command = command.withPayload(Facts.RESULT).withCommandId("psp-17");
    }
    Optional<Fact> answer = machine.answer(state, command);
    answer.ifPresent(fact -> makeTrue(fact.kind(), move.step()));
    answer.ifPresent(this::append);
  }

  private void makeTrue(RecordKind kind, int step) {
    switch (kind) {
      case STEP_MARKED_DONE -> world.settle(step, true);
      case STEP_MARKED_NOT_DONE -> world.settle(step, false);
      case COMPENSATION_SKIPPED -> world.undo(step);
      case SAGA_FORCED_FORWARD -> world.forward();
      default -> {}
    }
  }

  private void waitUntil(Instant until) {
    Invariants.checkWait(this, until);
    now = until;
  }

  private void begin(Decision decision) {
    if (decision instanceof Decision.Run run) {
      for (Call call : run.calls()) {
        Invariants.checkCall(this, call);
        world.begin(call);
        running.put(call.step(), call);
      }
    }
  }

  private void end(Call call, Event event, double roll) {
    world.end(call, event);
    switch (event.ending()) {
      case OUTCOME -> appendOrHold(machine.judge(state, call, event.outcome(), now, roll));
      case CRASH -> crash();
      case LEAK -> appendOrHold(leaked(plan().step(call.step()).name()));
      case POISON -> poison();
    }
    if (running.isEmpty()) {
      held.forEach(this::append);
      held.clear();
    }
  }

  /** What makes the saga stuck has to find a journal that takes what the others come to. */
  private void appendOrHold(Fact fact) {
    if (fact instanceof SagaStuck stuck && !running.isEmpty()) {
      held.add(stuck);
    } else {
      append(fact);
    }
  }

  private void crash() {
    doubtCurrent();
    running.clear();
    held.clear();
    append(new SagaResumed("node-2"));
  }

  private void poison() {
    doubtCurrent();
    appendOrHold(
        new SagaStuck(StuckCause.POISONED, Optional.empty(), "The journal can't be written."));
  }

  /** No record tells whether the steps that may run have been called. */
  private void doubtCurrent() {
    if (state.status() == SagaStatus.RUNNING) {
      Frontier.forward(plan(), state).forEach(world::doubt);
    }
  }

  private static Fact leaked(String step) {
    return new SagaStuck(StuckCause.CALL_LEAKED, Optional.of(step), "The call goes on.");
  }

  private void append(Fact fact) {
    if (fact instanceof SagaStuck) {
      doubtCurrent(); // the machine can't know which of those whose turn it is were called
    }
    JournalRecord record = new JournalRecord(state.seq() + 1, now, fact);
    SagaState before = state;
    state = machine.apply(before, record);
    journal.add(record);
    for (int index : plan().pauses()) { // nothing but the journal knows whether it is over
      world.settle(index, state.step(index).status() == StepStatus.COMPLETED);
    }
    coverage.take(plan(), before, record, state);
    Invariants.checkRecord(this);
  }
}
