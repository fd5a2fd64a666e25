package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.SagaResumed;
import io.sagaflow.store.Fact.SagaStuck;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.StuckCause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Drives the machine through one saga in virtual time, as the engine would: decide, append or call,
 * judge, append. Whoever plays it chooses what happens next; the invariants are checked after every
 * event. Mutable.
 */
final class SimulatedSaga {

  /**
   * An event, and how long the journal was before it.
   *
   * @param event what happened
   * @param records how many records there were
   */
  record Scene(Event event, int records) {}

  private final SagaMachine machine;
  private final Coverage coverage;
  private final World world;
  private final List<JournalRecord> journal;
  private final List<Scene> scenes;
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

  boolean hasEnded() {
    return state.status().isTerminal();
  }

  /** What may happen next; nothing once the saga has ended. */
  Set<Event> possible() {
    if (hasEnded()) {
      return EnumSet.noneOf(Event.class);
    }
    Set<Event> events = EnumSet.copyOf(Event.AT_ANY_TIME);
    if (state.deadline().filter(now::isBefore).isPresent()) {
      events.add(Event.DEADLINE);
    }
    if (machine.decide(state, Set.of(), now) instanceof Decision.Run) {
      events.addAll(Event.OF_A_CALL);
    } else {
      events.add(benign());
    }
    return events;
  }

  /** What happens when all goes well. */
  Event benign() {
    Decision decision = machine.decide(state, Set.of(), now);
    if (decision instanceof Decision.Append) {
      return Event.APPEND;
    }
    if (decision instanceof Decision.Run) {
      return Event.SUCCEED;
    }
    return decision instanceof Decision.Wait ? Event.WAIT : Event.RETRY;
  }

  /** Lets time pass. */
  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Plays an event; {@code roll} is for the jitter of a retry. */
  void play(Event event, double roll) {
    scenes.add(new Scene(event, journal.size()));
    Decision decision = machine.decide(state, Set.of(), now);
    switch (event) {
      case APPEND -> append(((Decision.Append) decision).fact());
      case WAIT -> waitUntil(((Decision.Wait) decision).until().orElseThrow());
      case CRASH -> crash();
      case RESTART -> state = machine.replay(journal);
      case POISON -> poison();
      case CANCEL -> append(machine.answer(state, CommandKind.CANCEL, "ann", "changed my mind"));
      case RETRY -> append(machine.answer(state, CommandKind.RETRY, "ann", "restored"));
      case DEADLINE -> now = state.deadline().orElseThrow();
      default -> call(((Decision.Run) decision).calls().get(0), event, roll);
    }
    if (hasEnded()) {
      Invariants.checkEnd(this);
    }
  }

  private void waitUntil(Instant until) {
    Invariants.checkWait(this, until);
    now = until;
  }

  private void call(Call call, Event event, double roll) {
    Invariants.checkCall(this, call);
    world.call(call, event);
    switch (event.ending()) {
      case OUTCOME -> append(machine.judge(state, call, event.outcome(), now, roll));
      case CRASH -> crash();
      case LEAK -> append(leaked(plan().step(call.step()).name()));
      case POISON -> poison();
    }
  }

  private void crash() {
    doubtCurrent();
    append(new SagaResumed("node-2"));
  }

  private void poison() {
    doubtCurrent();
    append(new SagaStuck(StuckCause.POISONED, Optional.empty(), "The journal can't be written."));
  }

  /** No record tells whether the step that may run has been called. */
  private void doubtCurrent() {
    if (state.status() == SagaStatus.RUNNING) {
      Frontier.forward(plan(), state).forEach(world::doubt);
    }
  }

  private static Fact leaked(String step) {
    return new SagaStuck(StuckCause.CALL_LEAKED, Optional.of(step), "The call goes on.");
  }

  private void append(Fact fact) {
    JournalRecord record = new JournalRecord(state.seq() + 1, now, fact);
    SagaState before = state;
    state = machine.apply(before, record);
    journal.add(record);
    coverage.take(plan(), before, record, state);
    Invariants.checkRecord(this);
  }
}
