package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.machine.Call;
import io.sagaflow.machine.Decision;
import io.sagaflow.machine.Outcome;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StuckCause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one saga that this node owns: fold, decide, append durably, then act.
 *
 * <p>One thing at a time, on any thread: every method but the constructor's and {@link #mayBegin}
 * runs inside {@link #mailbox}, and so does whatever its parts are asked: its commands and calls,
 * how these end, what it does next, and its alarm. They have no lock of their own. While an append
 * is under way nothing is decided; whatever arrives meanwhile is kept, and looked at when it has
 * ended. Calls of parallel steps run side by side; what turns the saga or makes it stuck waits
 * until all have ended. The state is believed only once its records are durable: if an append fails
 * the actor forgets everything and goes, and the saga is claimed anew from its journal.
 */
final class SagaActor<I> implements Attempt.Watcher {

  private static final Logger LOG = LoggerFactory.getLogger(SagaActor.class);

  private enum Phase {
    IDLE,
    APPENDING,
    GONE
  }

  private final Owner owner;
  private final Compiled<I> definition;
  private final Payloads payloads;
  private final I input;
  private final SagaHeader header;
  private final Serial mailbox;
  private final PendingCommands commands;
  private final SagaCalls<I> calls;
  private final CallEndings endings;
  private final Deliberation deliberation;
  private final Alarm alarm;
  private Phase phase = Phase.IDLE;
  private SagaState state;
  private boolean recovered;
  private boolean refused;

  /** To go when the append under way has ended, and all calls have. */
  private boolean leaving;

  SagaActor(Owner owner, SagaView<I> saga, boolean recovered) {
    this.owner = owner;
    this.header = saga.header();
    this.definition = saga.definition();
    this.payloads = saga.payloads();
    this.input = saga.input();
    this.state = saga.state();
    this.recovered = recovered;
    this.commands = new PendingCommands(saga);
    this.calls = new SagaCalls<>(owner, this);
    this.endings = new CallEndings(owner, saga, calls);
    this.deliberation = new Deliberation(owner, machine(), calls, commands);
    this.mailbox = new Serial(owner.environment().sagas(), this::stickAfterBug);
    this.alarm = new Alarm(owner.environment().scheduler(), () -> mailbox.execute(this::turn));
  }

  SagaId id() {
    return header.id();
  }

  void begin(Beginning beginning) {
    mailbox.execute(
        () -> {
          owner.appended(id(), beginning.untold());
          commands.keep(beginning.commands());
          advance(beginning.facts());
        });
  }

  void command(StoredCommand command) {
    mailbox.execute(
        () -> {
          commands.keep(List.of(command));
          turn();
        });
  }

  /** Forgets the saga: this node has lost it. Calls that run are interrupted. */
  void lose(String why) {
    mailbox.execute(
        () -> {
          calls.interrupt(why);
          go();
        });
  }

  /** Interrupts calls that outlast the drain time; a failure that follows is not their own. */
  void abandon(String why) {
    mailbox.execute(() -> endings.abandon(why));
  }

  /** A bug of ours mustn't end the mailbox: it makes this saga stuck, and harms no other. */
  private void stickAfterBug(Throwable bug) {
    LOG.error("Saga {} met a bug", header, owner.options().loggable(bug));
    if (phase != Phase.IDLE || !calls.isQuiet()) {
      return; // what is under way will end, and be looked at then
    }
    try {
      calls.dropOutcomes();
      stick(StuckCause.POISONED, "A bug was met. " + Texts.describe(bug));
    } catch (Throwable e) {
      logNotStuck(e);
      calls.abandonAll();
      go();
    }
  }

  @Override
  public boolean mayBegin() {
    return owner.mayDispatch();
  }

  @Override
  public void ended(Attempt which, Outcome outcome) {
    mailbox.executeHere(() -> callEnded(which, outcome)); // the call's thread is free now
  }

  @Override
  public void endedElsewhere(Attempt which, Outcome outcome) {
    mailbox.execute(() -> callEnded(which, outcome));
  }

  @Override
  public void notStarted(Attempt which, String why) {
    mailbox.execute(() -> follow(endings.notStarted(which, why, phase == Phase.GONE)));
  }

  @Override
  public void leaked(Attempt which, String why) {
    mailbox.execute(() -> follow(endings.leaked(which, why, phase == Phase.GONE)));
  }

  private void callEnded(Attempt which, Outcome outcome) {
    follow(endings.ended(which, outcome, phase == Phase.GONE));
  }

  private void follow(CallEndings.Then then) {
    switch (then) {
      case STAY -> {}
      case GO_ON -> advanceUnlessAppending();
      case AGAIN -> callAgain();
      case LEAVE -> leave();
    }
  }

  private void callAgain() {
    if (leaving) {
      leave();
    } else if (deliberation.isAboutToTurn(state)) {
      advanceUnlessAppending();
    } else if (phase == Phase.IDLE) {
      turnLater();
    }
  }

  private void turn() {
    if (phase == Phase.IDLE) { // or looked at when the append has ended, or not ours any more
      deliberation.interruptIfTurning(state);
      advance(List.of());
    }
  }

  /** Journals facts with everything that follows from them at once, or acts if nothing does. */
  private void advance(List<Fact> facts) {
    if (phase == Phase.GONE) {
      return;
    }
    alarm.stop();
    Instant now = owner.now();
    Batch batch = new Batch(machine(), state, now);
    facts.forEach(batch::add);
    Decision decision = deliberation.decideIn(batch, now);
    if (batch.isEmpty()) {
      act(decision);
    } else {
      append(batch);
    }
  }

  private void append(Batch batch) {
    SagaAppend append = batch.toAppend(id(), recovered, definition.locks());
    phase = Phase.APPENDING;
    calls
        .write(append)
        .whenComplete((nothing, failure) -> mailbox.execute(() -> appendEnded(batch, failure)));
  }

  private void appendEnded(Batch batch, @Nullable Throwable failure) {
    if (phase == Phase.GONE) {
      return;
    }
    phase = Phase.IDLE;
    if (failure != null) {
      appendFailed(failure);
      return;
    }
    if (batch.state().status() != state.status()) {
      calls.forgetRests();
    }
    state = batch.state();
    recovered &= !batch.isProgress();
    calls.settleJudged();
    owner.appended(id(), batch.records());
    if (definition.locks() && batch.decidesAStepWithoutItsCall()) {
      calls.wakeAll(); // another step of the saga loses its place, too, and asks anew
      owner.locksNotNeeded(id());
    }
    if (state.status().isSettled()) {
      logSettled();
      go(); // first: whoever begins to wait now finds nobody here, and asks the store
      owner.settled(new EndedSaga(view()));
      tellOthers();
    } else if (leaving && calls.isQuiet()) {
      go();
    } else {
      turn();
    }
  }

  private void tellOthers() {
    if (state.status().isTerminal()) {
      if (definition.locks()) {
        owner.locksReleased();
      }
      state.lineage().ifPresent(lineage -> owner.childEnded(lineage.parent()));
    }
  }

  private void appendFailed(Throwable failure) {
    Throwable cause = Node.cause(failure);
    if (cause instanceof RolledBackException) {
      LOG.warn("Saga {}: a transaction was rolled back; its history says why", header);
      calls.rolledBack(Texts.describe(cause));
      advance(List.of());
    } else if (!(cause instanceof JournalRefusedException)) {
      LOG.warn("Saga {} is given up by this node: {}", header, owner.options().brief(cause));
      go(); // the node is lost with it, and the saga claimed anew
    } else if (!refused) {
      Throwable loggable = owner.options().loggable(cause);
      LOG.error("Saga {}: its journal refused a record", header, loggable);
      refused = true;
      calls.dropOutcomes();
      stick(StuckCause.POISONED, Texts.describe(cause));
    } else {
      logNotStuck(cause);
      calls.abandonAll();
      go();
    }
  }

  /**
   * Waits for an operator, once no call runs. A step whose call is open is named: its outcome is in
   * doubt.
   */
  private void stick(StuckCause cause, String reason) {
    Optional<String> step = calls.firstOpen().map(definition::nameOf);
    Fact.SagaStuck stuck = new Fact.SagaStuck(cause, step, Texts.cut(reason));
    if (calls.isQuiet()) {
      Batch batch = new Batch(machine(), state, owner.now());
      batch.add(stuck);
      append(batch);
    } else {
      calls.hold(null, stuck);
    }
  }

  private void act(Decision decision) {
    if (decision instanceof Decision.Run run) {
      start(run.calls());
    } else if (decision instanceof Decision.Wait wait) {
      wait.until().ifPresent(this::waitUntil);
    } else {
      release(Release.untilCommand()); // stuck, and claimed for nothing
    }
  }

  private void start(List<Call> due) {
    SagaView<I> view = view();
    for (Call call : due) {
      if (!calls.tryStart(call, view)) { // the lease is in doubt: start nothing, keep the state
        turnLater();
        return;
      }
    }
    advance(List.of()); // and see until when to wait
  }

  private void advanceUnlessAppending() {
    if (phase == Phase.IDLE) {
      advance(List.of());
    }
  }

  private void waitUntil(Instant until) {
    Duration wait = Duration.between(owner.now(), until);
    boolean longEnough = wait.compareTo(owner.options().parkAfter()) >= 0;
    if (longEnough && calls.isQuiet() && !owner.children().mayStillCome(id())) {
      release(view().resting(until, owner.now()));
    } else {
      alarm.ringAfter(wait);
    }
  }

  private void release(Release release) {
    SagaAppend append =
        new SagaAppend(id(), List.of(), Optional.empty(), Optional.of(release), List.of(), false);
    phase = Phase.APPENDING;
    owner
        .append(append)
        .whenComplete((nothing, failure) -> mailbox.execute(() -> releaseEnded(failure)));
  }

  private void releaseEnded(@Nullable Throwable failure) {
    if (failure != null && phase != Phase.GONE) {
      LOG.warn("Saga {} could not be released: {}", header, owner.options().brief(failure));
    }
    go();
  }

  /** Nothing is lost and nobody to blame: the same decision is taken again a little later. */
  private void turnLater() {
    alarm.ringAfter(owner.options().poll());
  }

  /** Goes when nothing is under way any more; siblings may still succeed, and that counts. */
  private void leave() {
    if (phase == Phase.GONE) {
      leaveIfQuiet();
    } else if (phase == Phase.APPENDING || !calls.isQuiet()) {
      leaving = true;
    } else {
      go();
    }
  }

  private void go() {
    alarm.stop();
    phase = Phase.GONE;
    calls.dropOutcomes();
    leaveIfQuiet(); // otherwise when the last call has ended
  }

  private void leaveIfQuiet() {
    if (calls.isQuiet()) {
      calls.settleAll(); // whoever has the saga now knows that calls may be open
      owner.gone(this);
    }
  }

  private void logNotStuck(Throwable failure) {
    Throwable loggable = owner.options().loggable(failure);
    LOG.error("Saga {} could not be made stuck; it stays with this node", header, loggable);
  }

  private void logSettled() {
    if (state.status() == SagaStatus.STUCK) {
      LOG.error("Saga {} is stuck and waits for an operator; its history says why", header);
    } else {
      LOG.debug("Saga {} is {}", header, state.status());
    }
  }

  private SagaView<I> view() {
    return new SagaView<>(header, definition, payloads, state, input);
  }

  private SagaMachine machine() {
    return definition.machine();
  }
}
