package io.sagaflow.testkit.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what the processes of a simulated world want to have done, one thing at a time, on the
 * thread that calls it; time stands still while anything is left to do, and then jumps to the next
 * alarm. What may wait in the middle runs on a {@link Fiber}. After FoundationDB's simulation.
 *
 * <p>At any moment one thread runs, so nothing here is synchronized; fibers hand the turn over.
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

  private final Order order;
  private final ReadyTasks ready = new ReadyTasks();
  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
  private final List<Parked> parked = new ArrayList<>();
  private final List<Parked> awake = new ArrayList<>();
  private @Nullable Parked running;
  private @Nullable SimulatedProcess current;
  private long nowNanos; // since the start: there is much arithmetic on it
  private Instant now = START;
  private long alarmCount;

  private record Parked(@Nullable SimulatedProcess process, Fiber fiber) {

    boolean isAwake() {
      return (process == null || process.isRunning()) && fiber.isAwake();
    }
  }

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
   * Has something done that may wait, on a thread of its own.
   *
   * @param process for whom
   * @param body what
   */
  public void executeFiber(@Nullable SimulatedProcess process, Runnable body) {
    execute(process, () -> runOnFiber(process, body));
  }

  /**
   * Does something at once that may wait; returns when it has ended or waits.
   *
   * @param process for whom
   * @param body what
   */
  public void runOnFiber(@Nullable SimulatedProcess process, Runnable body) {
    run(new Parked(process, new Fiber(THREADS, body)));
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
   * Returns whether the caller may wait.
   *
   * @return whether it runs on a fiber
   */
  public boolean canWait() {
    return Fiber.current() != null;
  }

  /**
   * Suspends the calling fiber until something holds or the time is over.
   *
   * @param condition what
   * @param timeout how long at most
   * @return whether it holds
   * @throws IllegalStateException if the caller isn't on a fiber, and so can't wait
   * @throws InterruptedException if its thread is interrupted meanwhile
   */
  public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
    Fiber fiber = Fiber.current();
    if (fiber == null) {
      throw new IllegalStateException("Only what runs on a fiber can wait in virtual time");
    }
    long until = after(timeout);
    Alarm alarm = new Alarm(until, alarmCount++, new Task(null, () -> {}));
    alarms.add(alarm);
    try {
      fiber.park(() -> condition.getAsBoolean() || nowNanos >= until);
    } finally {
      alarm.cancel();
    }
    return condition.getAsBoolean();
  }

  /**
   * Waits until something holds or the time is over: a fiber is suspended, the loop's own thread
   * goes on with the loop.
   *
   * @param condition what
   * @param timeout how long at most
   * @return whether it holds
   * @throws InterruptedException if the thread is interrupted
   */
  public boolean awaitOrRun(BooleanSupplier condition, Duration timeout)
      throws InterruptedException {
    if (canWait()) {
      return await(condition, timeout);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("Interrupted before waiting in virtual time");
    }
    long until = after(timeout);
    boolean holds = runUntil(condition, until);
    if (!holds) {
      jumpTo(until);
    }
    return holds;
  }

  /**
   * Waits for a future: a fiber is suspended, the loop's own thread goes on with the loop.
   *
   * @param future what is waited for
   * @param timeout how long at most
   * @throws TimeoutException if it isn't done by then
   * @throws InterruptedException if the thread is interrupted
   */
  public void awaitDone(CompletableFuture<?> future, Duration timeout)
      throws TimeoutException, InterruptedException {
    awaitOrRun(future::isDone, timeout);
    if (!future.isDone()) {
      throw new TimeoutException("Not done after " + timeout + " of virtual time");
    }
  }

  /**
   * Runs until something holds, or nothing is left to be done by a time. The time is then that of
   * the last thing done.
   *
   * @param condition what
   * @param until when to stop
   * @return whether it holds
   */
  public boolean runUntil(BooleanSupplier condition, Instant until) {
    return runUntil(condition, Duration.between(START, until).toNanos());
  }

  /**
   * Lets time pass, and does whatever becomes due on the way.
   *
   * @param duration how long, not negative
   */
  public void advance(Duration duration) {
    long until = after(duration);
    runUntil(() -> false, until);
    jumpTo(until);
  }

  /** Ends the world: what waits in it never goes on. */
  @Override
  public void close() {
    for (Parked each : List.copyOf(parked)) {
      each.fiber().kill();
      run(each);
    }
  }

  void add(Task task) {
    ready.add(task);
  }

  /** Ends the fibers of a process, the calling one included. */
  void kill(SimulatedProcess process) {
    for (Parked each : List.copyOf(parked)) {
      if (each.process() == process) {
        each.fiber().kill();
        run(each);
      }
    }
    if (running != null && running.process() == process && running.fiber() == Fiber.current()) {
      throw new Fiber.Killed();
    }
  }

  private boolean runUntil(BooleanSupplier condition, long until) {
    long since = nowNanos;
    int steps = 0;
    while (!condition.getAsBoolean()) {
      if (!step(until)) {
        return false;
      }
      steps = nowNanos == since ? steps + 1 : 0;
      since = nowNanos;
      if (steps > STEPS_WITHOUT_TIME) {
        throw new AssertionError("Something goes on for ever at " + now + " and takes no time");
      }
    }
    return true;
  }

  /** When a duration will be over. */
  private long after(Duration duration) {
    if (duration.isNegative()) {
      return nowNanos;
    }
    boolean representable = duration.toSeconds() < (NEVER - nowNanos) / NANOS_PER_SECOND;
    return representable ? nowNanos + duration.toNanos() : NEVER;
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
    int choice = order.choose(waiting + (alarm != null && alarm.at() <= nowNanos ? 1 : 0));
    if (choice < awake.size()) {
      run(awake.get(choice));
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
    SimulatedProcess before = current;
    current = process;
    try {
      task.body().run();
    } finally {
      current = before;
    }
  }

  private void run(Parked fiber) {
    Parked runningBefore = running; // a fiber that kills a process runs those of it to their ends
    SimulatedProcess before = current;
    running = fiber;
    current = fiber.process();
    parked.remove(fiber);
    try {
      fiber.fiber().resume();
    } finally {
      running = runningBefore;
      current = before;
    }
    if (!fiber.fiber().isDone()) {
      parked.add(fiber);
    }
  }
}
