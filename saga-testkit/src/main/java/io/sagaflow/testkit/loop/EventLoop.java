package io.sagaflow.testkit.loop;

import static java.util.Objects.requireNonNull;

import io.sagaflow.engine.ProcessKilled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what the processes of a simulated world want to have done, one thing at a time; time stands
 * still while anything is left to do, and then jumps to the next alarm. After FoundationDB's
 * simulation.
 *
 * <p>Whatever is done may wait in the middle. Its thread then passes its turn to another one, which
 * goes on with the loop in its place; nothing but a wait costs a change of threads. At any moment
 * one thread has the turn, so nothing here is synchronized.
 *
 * <p>The world runs only while a thread from outside waits in it: the test's.
 */
public final class EventLoop implements AutoCloseable {

  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE; // 292 years
  private static final int STEPS_WITHOUT_TIME = 1_000_000;
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "virtual-time");
            thread.setDaemon(true);
            return thread;
          });

  private static final ThreadLocal<@Nullable EventLoop> WITHIN = new ThreadLocal<>();

  private final Order order;
  private final ReadyTasks ready = new ReadyTasks();
  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
  private final List<Parked> parked = new ArrayList<>();
  private final List<Parked> awake = new ArrayList<>();
  private final Deque<Waiter> resting =
      new ArrayDeque<>(); // threads that could go on with the loop
  private @Nullable Visit visit;
  private @Nullable Waiter next; // has the turn after this, before whatever is to be done
  private @Nullable Throwable failure;
  private @Nullable SimulatedProcess current;
  private long nowNanos; // since the start: there is much arithmetic on it
  private Instant now = START;
  private long alarmCount;
  private long lastStepAt;
  private int stepsWithoutTime;
  private boolean closed;

  /** A thread from outside that waits for something; the loop goes on until then. */
  private record Visit(BooleanSupplier awaited, long until, Waiter visitor) {}

  /**
   * Creates a world.
   *
   * @param order chooses what is done next
   */
  public EventLoop(Order order) {
    this.order = order;
  }

  /**
   * Adds a process.
   *
   * @return a process that runs
   */
  public SimulatedProcess newProcess() {
    return new SimulatedProcess(this);
  }

  /**
   * Returns the time.
   *
   * @return the time in this world
   */
  public Instant now() {
    return now;
  }

  /**
   * Has something done, at this time.
   *
   * @param process for whom: it isn't done while it is paused, nor if it is killed before; null for
   *     what belongs to no process
   * @param body what
   */
  public void execute(@Nullable SimulatedProcess process, Runnable body) {
    ready.add(new Task(process, body));
  }

  /**
   * Has something done later.
   *
   * @param process for whom, or null
   * @param delay after which time; at this time if not positive, never if beyond the end of time
   * @param body what
   * @return calls it off, if it isn't ready yet: as with a timer that has handed its task to
   *     another thread, it may then be too late
   */
  public Runnable schedule(@Nullable SimulatedProcess process, Duration delay, Runnable body) {
    Alarm alarm = new Alarm(after(delay), alarmCount++, new Task(process, body));
    alarms.add(alarm);
    return alarm::cancel;
  }

  /**
   * Returns the time.
   *
   * @return nanoseconds since the world began
   */
  public long nanos() {
    return nowNanos;
  }

  /**
   * Returns the process on whose behalf the caller runs.
   *
   * @return the process, or null
   */
  public @Nullable SimulatedProcess current() {
    return current;
  }

  /**
   * Returns whether the caller is part of this world.
   *
   * @return whether the loop does what calls this; otherwise the caller is the test
   */
  public boolean isWithin() {
    return WITHIN.get() == this;
  }

  /**
   * Waits until something holds or the time is over, while the loop goes on.
   *
   * @param condition what
   * @param timeout how long at most
   * @return whether it holds
   * @throws InterruptedException if the thread is interrupted
   */
  public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("Interrupted before waiting in virtual time");
    }
    long until = after(timeout);
    if (isWithin()) {
      park(condition, until);
      return condition.getAsBoolean();
    }
    boolean holds = runUntil(condition, until);
    if (!holds) {
      jumpTo(until);
    }
    return holds;
  }

  /**
   * Waits for a future, while the loop goes on.
   *
   * @param future what is waited for
   * @param timeout how long at most
   * @throws TimeoutException if it isn't done by then
   * @throws InterruptedException if the thread is interrupted
   */
  public void awaitDone(CompletableFuture<?> future, Duration timeout)
      throws TimeoutException, InterruptedException {
    await(future::isDone, timeout);
    if (!future.isDone()) {
      throw new TimeoutException("Not done after " + timeout + " of virtual time");
    }
  }

  /**
   * Runs until something holds, or nothing is left to be done by a time. The time is then that of
   * the last thing done. To be called from outside.
   *
   * @param condition what
   * @param until when to stop
   * @return whether it holds
   */
  public boolean runUntil(BooleanSupplier condition, Instant until) {
    return runUntil(condition, Duration.between(START, until).toNanos());
  }

  /**
   * Lets time pass, and does whatever becomes due on the way. To be called from outside.
   *
   * @param duration how long, not negative
   */
  public void advance(Duration duration) {
    long until = after(duration);
    runUntil(() -> false, until);
    jumpTo(until);
  }

  /** Ends the world: what waits in it never goes on. To be called from outside. */
  @Override
  public void close() {
    closed = true;
    List.copyOf(parked).forEach(this::unwind);
    dismissResting();
  }

  void add(Task task) {
    ready.add(task);
  }

  /** Ends what a process does, the caller included if that is what calls this. */
  void kill(SimulatedProcess process) {
    for (Parked each : List.copyOf(parked)) {
      if (each.process() == process) {
        unwind(each);
      }
    }
    if (isWithin() && current == process) {
      throw new ProcessKilled();
    }
  }

  private void park(BooleanSupplier condition, long until) throws InterruptedException {
    SimulatedProcess mine = current;
    if (closed || (mine != null && mine.isDead())) {
      throw new ProcessKilled();
    }
    Alarm alarm = new Alarm(until, alarmCount++, new Task(null, () -> {}));
    alarms.add(alarm);
    Parked here = new Parked(mine, () -> condition.getAsBoolean() || nowNanos >= until);
    parked.add(here);
    try {
      letAnotherGoOn();
      here.awaitTurn();
    } finally {
      current = mine;
      alarm.cancel();
    }
  }

  /** Lets what waits run to its end, by a {@link ProcessKilled} where it waits. */
  private void unwind(Parked killed) {
    if (parked.remove(killed)) {
      Waiter back = new Waiter();
      Waiter after = next;
      SimulatedProcess mine = current;
      next = back;
      killed.kill();
      killed.waiter().giveTurn();
      back.awaitTurn();
      next = after;
      current = mine;
    }
  }

  private boolean runUntil(BooleanSupplier condition, long until) {
    if (isWithin()) {
      throw new IllegalStateException(
          "Only the test lets time pass; what runs in virtual time waits");
    }
    Visit mine = new Visit(condition, until, new Waiter());
    visit = mine;
    stepsWithoutTime = 0;
    letAnotherGoOn();
    mine.visitor().awaitTurn();
    if (mine.visitor().isInterrupted()) {
      Thread.currentThread().interrupt();
    }
    throwFailure();
    return condition.getAsBoolean();
  }

  private void throwFailure() {
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (thrown instanceof Error error) {
      throw error;
    }
  }

  /** Passes the turn to a thread that goes on with the loop. */
  private void letAnotherGoOn() {
    Waiter rested = resting.poll();
    if (rested == null) {
      THREADS.execute(this::live);
    } else {
      rested.giveTurn();
    }
  }

  /** What a thread of this world does: whatever there is to do, until the turn goes outside. */
  private void live() {
    WITHIN.set(this);
    try {
      boolean stays = true;
      while (stays) {
        stays = goOn();
      }
    } finally {
      WITHIN.remove();
    }
  }

  /** Does one thing. Returns false if the turn isn't this thread's any more, and won't be. */
  private boolean goOn() {
    Waiter heir = next;
    if (heir != null) {
      next = null;
      return restWhileRuns(heir);
    }
    if (!isOver() || next != null) {
      return true;
    }
    Visit over = requireNonNull(visit);
    visit = null;
    dismissResting();
    over.visitor().giveTurn();
    return false;
  }

  private boolean isOver() {
    Visit now = requireNonNull(visit, "Nobody waits for this world");
    try {
      return failure != null || now.awaited().getAsBoolean() || !step(now.until());
    } catch (Throwable e) { // told to the visitor, and so to the test
      failure = e;
      return true;
    }
  }

  /** Passes the turn on and rests. Returns whether there is another turn. */
  private boolean restWhileRuns(Waiter other) {
    Waiter me = new Waiter();
    resting.push(me);
    other.giveTurn();
    me.awaitTurn();
    return !me.isDismissed();
  }

  private void dismissResting() {
    for (Waiter each = resting.poll(); each != null; each = resting.poll()) {
      each.dismiss();
    }
  }

  /** When a duration will be over. */
  private long after(Duration duration) {
    if (duration.isNegative()) {
      return nowNanos;
    }
    boolean representable = duration.toSeconds() < (NEVER - nowNanos) / NANOS_PER_SECOND;
    return representable ? nowNanos + duration.toNanos() : NEVER;
  }

  private void countStep() {
    stepsWithoutTime = nowNanos == lastStepAt ? stepsWithoutTime + 1 : 0;
    lastStepAt = nowNanos;
    if (stepsWithoutTime > STEPS_WITHOUT_TIME) {
      throw new AssertionError("Something goes on for ever at " + now + " and takes no time");
    }
  }

  private void jumpTo(long nanos) {
    if (nanos > nowNanos) {
      nowNanos = nanos;
      now = START.plusNanos(nanos);
    }
  }

  /** Does one thing; returns false if nothing is to be done by then. */
  private boolean step(long until) {
    findAwake();
    Alarm alarm = nextAlarm();
    int waiting = awake.size() + ready.size();
    if (waiting == 0) {
      if (alarm == null || alarm.at() > until) {
        return false;
      }
      jumpTo(alarm.at());
    }
    countStep();
    int choice = order.choose(waiting + (alarm != null && alarm.at() <= nowNanos ? 1 : 0));
    if (choice < awake.size()) {
      Parked chosen = awake.get(choice);
      parked.remove(chosen);
      next = chosen.waiter();
    } else if (choice < waiting) {
      run(ready.take(choice - awake.size()));
    } else { // hands its task over, as a timer's thread does
      ready.add(alarms.remove().task());
    }
    return true;
  }

  private void findAwake() {
    awake.clear();
    for (int i = 0; i < parked.size(); i++) {
      if (parked.get(i).isAwake()) {
        awake.add(parked.get(i));
      }
    }
  }

  private @Nullable Alarm nextAlarm() {
    Alarm next = alarms.peek();
    while (next != null && next.isCancelled()) {
      alarms.remove();
      next = alarms.peek();
    }
    return next;
  }

  private void run(Task task) {
    SimulatedProcess process = task.process();
    if (process != null && !process.isRunning()) {
      process.hold(task);
      return;
    }
    current = process;
    try {
      task.body().run();
    } catch (ProcessKilled e) {
      // the end of what it did
    } finally {
      current = null;
      Thread.interrupted(); // the thread's next task has nothing to do with it
    }
  }
}
