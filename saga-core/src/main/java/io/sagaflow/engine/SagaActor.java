package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepDefinition;
import io.sagaflow.engine.Scheduler.Cancellable;
import io.sagaflow.machine.Call;
import io.sagaflow.machine.Decision;
import io.sagaflow.machine.Direction;
import io.sagaflow.machine.Outcome;
import io.sagaflow.machine.SagaMachine;
import io.sagaflow.machine.SagaState;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.Release;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import io.sagaflow.store.StoredCommand;
import io.sagaflow.store.StoredRecord;
import io.sagaflow.store.StuckCause;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one saga that this node owns: fold, decide, append durably, then act.
 *
 * <p>One thing at a time, on any thread: every method but the constructor's and {@link #mayBegin}
 * runs inside {@link #mailbox}. While an append or a call is under way nothing is decided; whatever
 * arrives meanwhile is kept, and looked at when it has ended. The state is believed only once its
 * records are durable: if an append fails the actor forgets everything and goes, and the saga is
 * claimed anew from its journal.
 */
final class SagaActor<I> implements Attempt.Watcher {

  private static final Logger LOG = LoggerFactory.getLogger(SagaActor.class);

  private enum Phase {
    IDLE,
    APPENDING,
    CALLING,
    GONE
  }

  private final Owner owner;
  private final Compiled<I> definition;
  private final Payloads payloads;
  private final I input;
  private final SagaHeader header;
  private final Serial mailbox;
  private final PendingCommands commands;
  private Phase phase = Phase.IDLE;
  private SagaState state;
  private boolean recovered;

  /** The call that has begun and whose outcome isn't durable. */
  private @Nullable Call openCall;

  private boolean abandoned;
  private boolean refused;
  private @Nullable Attempt attempt;
  private @Nullable Cancellable timer;

  SagaActor(Owner owner, SagaView<I> saga, boolean recovered) {
    this.owner = owner;
    this.header = saga.header();
    this.definition = saga.definition();
    this.payloads = saga.payloads();
    this.input = saga.input();
    this.state = saga.state();
    this.recovered = recovered;
    this.commands = new PendingCommands(header, definition.machine());
    this.mailbox = new Serial(owner.environment().sagas(), this::stickAfterBug);
  }

  SagaId id() {
    return header.id();
  }

  /** Begins, with what is to be journaled first and the commands that wait. */
  void begin(List<Fact> facts, List<StoredCommand> waiting) {
    mailbox.execute(
        () -> {
          commands.keep(waiting);
          advance(facts);
        });
  }

  /**
   * Begins with what the start has journaled. It is told here and not where the start became
   * durable: that may be the thread on which the store writes, and a listener may start another
   * saga.
   */
  void beginStarted(StoredRecord first) {
    mailbox.execute(
        () -> {
          owner.appended(id(), List.of(first));
          advance(List.of());
        });
  }

  void command(StoredCommand command) {
    mailbox.execute(
        () -> {
          commands.keep(List.of(command));
          turn();
        });
  }

  /** Forgets the saga: this node has lost it. A call that runs is interrupted. */
  void lose(String why) {
    mailbox.execute(
        () -> {
          if (attempt != null) {
            attempt.interrupt(why);
          }
          go();
        });
  }

  /** Interrupts a call that outlasts the drain time; a failure that follows is not its own. */
  void abandon(String why) {
    mailbox.execute(
        () -> {
          if (attempt != null) {
            abandoned = true;
            attempt.interrupt(why);
          }
        });
  }

  /** A bug of ours mustn't end the mailbox: it makes this saga stuck, and harms no other. */
  private void stickAfterBug(Throwable bug) {
    LOG.error("Saga {} met a bug", header, bug);
    if (phase != Phase.IDLE) {
      return; // what is under way will end, and be looked at then
    }
    try {
      stick(StuckCause.POISONED, "A bug was met. " + Texts.describe(bug));
    } catch (Throwable e) {
      LOG.error("Saga {} could not be made stuck; it stays with this node", header, e);
      abandonCall();
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
  public void notStarted(Attempt which, String why) {
    mailbox.execute(() -> callNotStarted(which, why));
  }

  @Override
  public void leaked(Attempt which, String why) {
    mailbox.execute(() -> callLeaked(which, why));
  }

  private void turn() {
    switch (phase) {
      case IDLE -> advance(List.of());
      case CALLING -> interruptIfTurning();
      case APPENDING, GONE -> {} // looked at when the append has ended; or not ours any more
    }
  }

  /** Journals facts with everything that follows from them at once, or acts if nothing does. */
  private void advance(List<Fact> facts) {
    if (phase == Phase.GONE) {
      return;
    }
    stopTimer();
    Instant now = now();
    Batch batch = new Batch(machine(), state, now);
    facts.forEach(batch::add);
    commands.answerIn(batch);
    Decision decision = machine().decide(batch.state(), now);
    while (decision instanceof Decision.Append append) {
      batch.add(append.fact());
      decision = machine().decide(batch.state(), now);
    }
    if (batch.isEmpty()) {
      act(decision);
    } else {
      append(batch);
    }
  }

  private void append(Batch batch) {
    SagaAppend append = batch.toAppend(id(), recovered);
    phase = Phase.APPENDING;
    owner
        .append(append)
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
    state = batch.state();
    recovered &= !batch.isProgress();
    settleCall();
    owner.appended(id(), batch.records());
    if (state.status().isSettled()) {
      logSettled();
      go(); // first: whoever begins to wait now finds nobody here, and asks the store
      owner.settled(new EndedSaga(view()));
    } else {
      turn();
    }
  }

  private void appendFailed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (!(cause instanceof JournalRefusedException)) {
      LOG.warn("Saga {} is given up by this node: {}", header, Texts.describe(cause));
      go(); // the node is lost with it, and the saga claimed anew
    } else if (!refused) {
      LOG.error("Saga {}: its journal refused a record", header, cause);
      refused = true;
      stick(StuckCause.POISONED, Texts.describe(cause));
    } else {
      LOG.error("Saga {} could not be made stuck; it stays with this node", header, cause);
      abandonCall();
      go();
    }
  }

  private void settleCall() {
    if (openCall != null) {
      openCall = null;
      owner.callSettled(this);
    }
  }

  /** Nothing more comes of an open call here: whoever has the saga next has to know. */
  private void abandonCall() {
    if (openCall != null) {
      openCall = null;
      owner.callAbandoned(this);
    }
  }

  /** Waits for an operator. A step whose call is open is named: its outcome is in doubt. */
  private void stick(StuckCause cause, String reason) {
    Optional<String> step = Optional.ofNullable(openCall).map(this::stepName);
    Batch batch = new Batch(machine(), state, now());
    batch.add(new Fact.SagaStuck(cause, step, Texts.cut(reason)));
    append(batch);
  }

  private void act(Decision decision) {
    if (decision instanceof Decision.Run run) {
      call(run.call());
    } else if (decision instanceof Decision.Wait wait) {
      waitUntil(wait.until());
    } else {
      release(Release.untilCommand()); // stuck, and claimed for nothing
    }
  }

  private void call(Call call) {
    if (!owner.tryStartCall(this)) { // the lease is in doubt: start nothing, keep the state
      turnLater();
      return;
    }
    openCall = call;
    StepDefinition<I, ?> step = definition.step(call.step());
    SagaView<I> view = view();
    Attempt next =
        new Attempt(
            call,
            () -> Calls.run(view, step, call),
            mdc(call),
            new Attempt.Timing(
                Calls.timeout(step, call.direction()), owner.options().interruptGrace()),
            owner.environment(),
            this);
    attempt = next;
    phase = Phase.CALLING;
    watchDeadline();
    LOG.debug("Saga {}: {} of step {}, attempt {}", header, call.direction(), step, call.attempt());
    next.start();
  }

  private void interruptIfTurning() {
    if (attempt != null && isOverdue()) {
      attempt.interrupt("The saga's deadline passed");
    } else if (attempt != null && commands.turnBack(state)) {
      attempt.interrupt("The saga is being cancelled");
    } else { // a command that changes nothing waits for the call's end: one append at a time
      watchDeadline(); // timers don't go by the clock, so it may have been too early
    }
  }

  private void watchDeadline() {
    machine().interruptAt(state).ifPresent(this::wakeAt);
  }

  private void wakeAt(Instant at) {
    wakeAfter(Duration.between(now(), at));
  }

  private void wakeAfter(Duration delay) {
    stopTimer();
    timer = owner.environment().scheduler().schedule(delay, this::wake);
  }

  private boolean isOverdue() {
    return machine().interruptAt(state).map(at -> !now().isBefore(at)).orElse(false);
  }

  private void callEnded(Attempt which, Outcome outcome) {
    if (which != attempt) {
      owner.leakEnded(id(), stepName(which.call()));
      return;
    }
    attempt = null;
    if (phase == Phase.GONE) {
      leave();
      return;
    }
    if (abandoned && outcome.isInDoubt()) {
      abandonCall();
      go();
      return;
    }
    phase = Phase.IDLE;
    logFailure(which.call(), outcome);
    double roll = owner.environment().random().nextDouble();
    Fact fact = machine().judge(state, which.call(), outcome, now(), roll);
    advance(List.of(fact));
  }

  private void callNotStarted(Attempt which, String why) {
    if (which != attempt) {
      return;
    }
    attempt = null;
    if (phase == Phase.GONE) {
      leave();
      return;
    }
    settleCall();
    phase = Phase.IDLE;
    LOG.debug("Saga {}: step {} was not begun. {}", header, stepName(which.call()), why);
    if (isOverdue() || commands.turnBack(state)) {
      turn();
    } else {
      turnLater();
    }
  }

  private void callLeaked(Attempt which, String why) {
    if (which != attempt || phase == Phase.GONE) {
      return;
    }
    attempt = null;
    phase = Phase.IDLE;
    stick(
        StuckCause.CALL_LEAKED,
        "The "
            + which.call().direction().name().toLowerCase(Locale.ROOT)
            + " of step "
            + stepName(which.call())
            + " "
            + why
            + ". Nothing runs beside it; the saga goes on by itself when the call ends. If its process"
            + " is gone, retry the saga; before, that would run a second attempt beside it. Give the"
            + " call a timeout of its own.");
  }

  private void waitUntil(Instant until) {
    Duration wait = Duration.between(now(), until);
    if (wait.compareTo(owner.options().parkAfter()) >= 0) {
      release(Release.until(until));
    } else {
      wakeAfter(wait);
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
      LOG.warn("Saga {} could not be released: {}", header, Texts.describe(failure));
    }
    go();
  }

  /** Nothing is lost and nobody to blame: the same decision is taken again a little later. */
  private void turnLater() {
    wakeAfter(owner.options().poll());
  }

  private void wake() {
    mailbox.execute(this::turn);
  }

  private void go() {
    stopTimer();
    phase = Phase.GONE;
    if (attempt == null) {
      leave(); // otherwise when the call has ended
    }
  }

  private void leave() {
    settleCall(); // whoever has the saga now knows that a call may be open
    owner.gone(this);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private Map<String, String> mdc(Call call) {
    return Map.of(
        "saga.id", id().toString(),
        "saga.definition", header.definition().toString(),
        "saga.step", stepName(call),
        "saga.attempt", Integer.toString(call.attempt()));
  }

  private void logFailure(Call call, Outcome outcome) {
    if (outcome.kind() != Outcome.Kind.SUCCEEDED) {
      String what = call.direction() == Direction.ACTION ? "action" : "compensation";
      LOG.warn(
          "Saga {}: {} of step {} {} in attempt {}",
          header,
          what,
          stepName(call),
          outcome.kind(),
          call.attempt());
    }
  }

  private void logSettled() {
    if (state.status() == SagaStatus.STUCK) {
      LOG.error("Saga {} is stuck and waits for an operator; its history says why", header);
    } else {
      LOG.debug("Saga {} is {}", header, state.status());
    }
  }

  private String stepName(Call call) {
    return definition.step(call.step()).name();
  }

  private SagaView<I> view() {
    return new SagaView<>(header, definition, payloads, state, input);
  }

  private SagaMachine machine() {
    return definition.machine();
  }

  private Instant now() {
    return owner.environment().clock().instant().truncatedTo(ChronoUnit.MICROS);
  }
}
