package io.sagaflow.engine;

import io.sagaflow.engine.Scheduler.Cancellable;
import io.sagaflow.machine.Call;
import io.sagaflow.machine.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One running call of user code: its thread, its timeout, its interrupt.
 *
 * <p>The call ends exactly once, by its body's end; an asynchronous one gives its thread back long
 * before that. Until then nothing else of its saga runs: a compensation never overlaps its action.
 * A body that goes on after its interrupt and the grace time is reported as leaked, once, and its
 * end later on too. The lock guards the fields; nothing is called while holding it but {@link
 * Thread#interrupt}, so that an interrupt can't reach the thread after its call has ended.
 */
final class Attempt implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  /** Learns how the attempt goes; called on any thread. */
  interface Watcher {

    /** Asked when a thread is there for the body, which may be long after the call was decided. */
    boolean mayBegin();

    void ended(Attempt attempt, Outcome outcome);

    /**
     * As {@link #ended}, from a thread that has something else to do: a transaction to end, or
     * whatever it does when it doesn't complete stages.
     */
    void endedElsewhere(Attempt attempt, Outcome outcome);

    /** The body was not begun, so there is no outcome. */
    void notStarted(Attempt attempt, String why);

    void leaked(Attempt attempt, String why);
  }

  /** What is run; for its own part of the attempt's end see {@link #prepared}. */
  interface Body {

    /**
     * Runs, or begins what goes on without a thread.
     *
     * @return completes when nothing of it runs any more; never fails
     */
    CompletableFuture<Outcome> run(Attempt attempt);
  }

  private enum Phase {
    QUEUED,
    RUNNING,
    ENDED
  }

  private final Call call;
  private final Body body;
  private final Map<String, String> mdc;
  private final Duration timeout;
  private final Duration grace;
  private final Environment environment;
  private final Watcher watcher;
  private Phase phase = Phase.QUEUED;
  private @Nullable Thread thread;
  private @Nullable Cancellable timer;
  private @Nullable String interruptedBecause;
  private volatile @Nullable Passage passage;
  private final List<Runnable> stops = new ArrayList<>(0);

  Attempt(
      Call call,
      Body body,
      Map<String, String> mdc,
      Timing timing,
      Environment environment,
      Watcher watcher) {
    this.call = call;
    this.body = body;
    this.mdc = mdc;
    this.timeout = timing.timeout();
    this.grace = timing.grace();
    this.environment = environment;
    this.watcher = watcher;
  }

  /** How long the body may take, and how long after its interrupt. */
  record Timing(Duration timeout, Duration grace) {}

  Call call() {
    return call;
  }

  /** The transaction in which the body runs; null if it runs in none. */
  @Nullable TransactionalCall transaction() {
    return body instanceof TransactionalCall transactional ? transactional : null;
  }

  /** Its outcome isn't wanted any more: a transaction is to be rolled back. */
  void refuse() {
    TransactionalCall transaction = transaction();
    if (transaction != null) {
      transaction.refuse();
    }
  }

  @Override
  public String toString() {
    return mdc.toString();
  }

  /** Begins when it has passed the gates. */
  void start(List<Gate> gates) {
    if (gates.isEmpty()) {
      execute();
      return;
    }
    Passage itsPassage = new Passage(gates, this::execute);
    passage = itsPassage;
    itsPassage.begin();
  }

  private void execute() {
    try {
      environment.actions().execute(this);
    } catch (Throwable e) { // also an Error: that there is no thread left, for example
      neverRan("The executor of actions refused: " + Texts.name(e.getClass()));
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a body's stage never fails
  public void run() {
    if (!watcher.mayBegin()) {
      neverRan("The lease is in doubt, or the coordinator stops");
    }
    if (!begin()) {
      return;
    }
    mdc.forEach(MDC::put);
    CompletableFuture<Outcome> outcome;
    try {
      outcome = body.run(this);
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable bug) { // ours: the call ends all the same, and gives its places back
      LOG.error("{}: the end of a call was met by a bug", this, bug);
      outcome =
          CompletableFuture.completedFuture(
              Outcome.failed(Outcome.Kind.FAILED, "A bug was met: " + bug.getClass().getName()));
    } finally {
      mdc.keySet().forEach(MDC::remove);
    }
    if (outcome.isDone()) {
      leaveGates();
      end(outcome.join(), watcher::ended);
    } else {
      leaveThread();
      outcome.thenAccept(this::endElsewhere);
    }
  }

  private void endElsewhere(Outcome outcome) {
    leaveGates();
    end(outcome, watcher::endedElsewhere);
  }

  /** Only when nothing of the call runs any more, also if it had been given up. */
  private void leaveGates() {
    if (passage != null) {
      passage.end();
    }
  }

  /**
   * Called by a body whose user code has succeeded and that still has its transaction to commit:
   * from here on it is neither interrupted nor timed out.
   */
  void prepared(Outcome outcome) {
    end(outcome, watcher::endedElsewhere);
  }

  /** Called by a body that couldn't begin to call user code. */
  void notBegun(String why) {
    synchronized (this) {
      if (phase == Phase.ENDED) {
        return;
      }
      finish();
    }
    Thread.interrupted();
    watcher.notStarted(this, why);
  }

  /** Interrupts the call, or keeps it from starting. */
  void interrupt(String why) {
    List<Runnable> toStop;
    synchronized (this) {
      if (phase == Phase.ENDED || interruptedBecause != null) {
        return;
      }
      interruptedBecause = why;
      if (phase == Phase.RUNNING) {
        setTimer(grace, this::leaked);
        if (thread != null) {
          thread.interrupt();
        }
      }
      toStop = List.copyOf(stops);
    }
    toStop.forEach(this::stopSoon);
    neverRan(why);
  }

  /** Registers what user code wants to be run when it is interrupted. */
  void onInterrupt(Runnable stop) {
    synchronized (this) {
      if (interruptedBecause == null) {
        stops.add(stop);
        return;
      }
    }
    stopSoon(stop);
  }

  private void stopSoon(Runnable stop) {
    environment.engine().execute(() -> stop(stop));
  }

  private void stop(Runnable stop) {
    synchronized (this) {
      if (phase == Phase.ENDED) {
        return;
      }
    }
    try {
      stop.run();
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable e) { // user code: the call goes on until it ends, or is leaked
      LOG.warn("{}: what was to stop the call threw {}", this, e.getClass().getName());
    }
  }

  /** Keeps the call from starting; one that has begun goes on. */
  void withdraw(String why) {
    neverRan(why);
  }

  private void neverRan(String why) {
    synchronized (this) {
      if (phase != Phase.QUEUED) {
        return;
      }
      phase = Phase.ENDED;
    }
    leaveGates();
    watcher.notStarted(this, why);
  }

  private synchronized boolean begin() {
    if (phase != Phase.QUEUED) {
      return false;
    }
    phase = Phase.RUNNING;
    thread = Thread.currentThread();
    setTimer(timeout, () -> interrupt("Timed out after " + timeout.toMillis() + " ms"));
    return true;
  }

  private void end(Outcome outcome, BiConsumer<Attempt, Outcome> tell) {
    Outcome told;
    boolean own;
    synchronized (this) {
      if (phase == Phase.ENDED) {
        return;
      }
      own = thread != null;
      finish();
      told = explained(outcome);
    }
    if (own) {
      Thread.interrupted(); // what the thread does from now on has nothing to do with the call
    }
    tell.accept(this, told);
  }

  /** What is interrupted from here on is the stage, and not the thread. */
  private void leaveThread() {
    synchronized (this) {
      thread = null;
    }
    Thread.interrupted();
  }

  private void finish() {
    phase = Phase.ENDED;
    thread = null; // nobody interrupts it any more
    if (timer != null) {
      timer.cancel();
    }
  }

  /** A failure after an interrupt is told with the reason of the interrupt. */
  private Outcome explained(Outcome outcome) {
    if (interruptedBecause == null || !outcome.isInDoubt()) {
      return outcome;
    }
    String text = interruptedBecause + " (" + outcome.error() + ")";
    return Outcome.failed(outcome.kind(), Texts.cut(text));
  }

  private void leaked() {
    String why;
    synchronized (this) {
      if (phase != Phase.RUNNING) {
        return;
      }
      why = interruptedBecause + ", and ignores its interrupt for " + grace.toMillis() + " ms";
    }
    watcher.leaked(this, why);
  }

  private void setTimer(Duration delay, Runnable task) {
    if (timer != null) {
      timer.cancel();
    }
    timer = environment.scheduler().schedule(delay, task);
  }
}
