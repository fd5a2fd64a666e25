package io.sagaflow.testkit;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.engine.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A world in which time stands still unless somebody waits, and then jumps: coordinators, timers,
 * retries, leases and actions run in it one at a time, in an order that depends on nothing but the
 * test. An hour costs nothing, and no test sleeps.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * VirtualNode node = time.start(SagaCoordinator.builder().store(store).register(placeOrder));
 * SagaHandle saga = node.coordinator().start(placeOrder, "order-42", order);
 * SagaOutcome outcome = saga.await(Duration.ofHours(1)); // returns at once
 * }</pre>
 *
 * <p>An action that takes time calls {@link #sleep} or {@link #hang}. For use by the test's thread;
 * actions run on threads of their own, but never at the same time as another. After FoundationDB's
 * simulation.
 */
public final class VirtualTime {

  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final int STEPS_WITHOUT_TIME = 1_000_000;

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "virtual-time");
            thread.setDaemon(true);
            return thread;
          });
  private final Deque<Task> ready = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparing(Timer::at).thenComparingLong(Timer::number));
  private final List<Parked> parked = new ArrayList<>();
  private final SplittableRandom random;
  private @Nullable Parked running;
  private Instant now = START;
  private long timerCount;

  /** Something that a node wants to have done. */
  record Task(@Nullable VirtualNode node, Runnable body) {}

  record Timer(Instant at, long number, Task task) {}

  private record Parked(VirtualNode node, Fiber fiber) {}

  /** Creates a world with seed 0. */
  public VirtualTime() {
    this(0);
  }

  /**
   * Creates a world.
   *
   * @param seed decides every random number in it
   */
  public VirtualTime(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * Starts a coordinator in this world.
   *
   * @param builder the coordinator, with its store and definitions; its action executor isn't used
   * @return the node that it runs on
   */
  public VirtualNode start(SagaCoordinatorBuilder builder) {
    VirtualNode node = new VirtualNode(this);
    SagaCoordinator coordinator = builder.startIn(node::environment);
    node.started(coordinator);
    settle();
    return node;
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
   * Returns a clock.
   *
   * @return tells this world's time
   */
  public InstantSource clock() {
    return () -> now;
  }

  /** Does everything that is to be done now, without letting time pass. */
  public void settle() {
    advance(Duration.ZERO);
  }

  /**
   * Lets time pass, and does whatever becomes due on the way.
   *
   * @param duration how long, not negative
   */
  public void advance(Duration duration) {
    Instant until = now.plus(duration);
    runUntil(() -> false, until);
    now = until;
  }

  /**
   * Lets time pass until something holds.
   *
   * @param condition what is waited for
   * @param atMost how long at most
   * @throws AssertionError if it doesn't hold by then
   */
  public void advanceUntil(BooleanSupplier condition, Duration atMost) {
    if (!runUntil(condition, now.plus(atMost))) {
      throw new AssertionError("The condition doesn't hold after " + atMost + " of virtual time");
    }
  }

  /**
   * Makes an action take time. To be called in an action or compensation.
   *
   * @param duration how long
   * @throws InterruptedException if the action is interrupted meanwhile, by its timeout for example
   */
  public void sleep(Duration duration) throws InterruptedException {
    Fiber fiber =
        requireNonNull(
            Fiber.current(), "Only an action or a compensation sleeps; a test advances the time");
    Instant until = now.plus(duration);
    park(fiber, () -> !now.isBefore(until), until);
  }

  /**
   * Makes an action wait for ever. To be called in an action or compensation.
   *
   * @throws InterruptedException when the action is interrupted
   */
  public void hang() throws InterruptedException {
    while (true) {
      sleep(Duration.ofDays(1));
    }
  }

  RandomGenerator random() {
    return random;
  }

  void execute(Task task) {
    ready.add(task);
  }

  /** Runs user code on a thread of its own, which may wait. */
  void executeFiber(VirtualNode node, Runnable body) {
    execute(
        new Task(
            node,
            () -> {
              Fiber fiber = new Fiber(threads, body);
              run(new Parked(node, fiber));
            }));
  }

  /** When a duration will be over; the end of time for one that is longer. */
  private Instant after(Duration duration) {
    return Duration.between(now, Instant.MAX).compareTo(duration) < 0
        ? Instant.MAX
        : now.plus(duration);
  }

  Timer schedule(@Nullable VirtualNode node, Duration delay, Runnable body) {
    Instant at = delay.isNegative() ? now : after(delay);
    Timer timer = new Timer(at, timerCount++, new Task(node, body));
    timers.add(timer);
    return timer;
  }

  void cancel(Timer timer) {
    timers.remove(timer);
  }

  /** The node whose action or compensation calls this. */
  VirtualNode nodeOfCaller() {
    return requireNonNull(running, "Only an action or a compensation runs on a node").node();
  }

  /** Ends what runs on a node, and with it the caller if that runs on the node itself. */
  void kill(VirtualNode node) {
    for (Parked each : List.copyOf(parked)) {
      if (each.node() == node) {
        each.fiber().kill();
        run(each);
      }
    }
    if (running != null && running.node() == node && running.fiber() == Fiber.current()) {
      throw new Fiber.Killed();
    }
  }

  /** How the callers of a coordinator wait: time passes for them. */
  Waiting waiting() {
    return this::await;
  }

  private void await(CompletableFuture<?> future, Duration timeout)
      throws TimeoutException, InterruptedException {
    Instant until = after(timeout);
    Fiber fiber = Fiber.current();
    if (fiber == null) {
      if (Thread.interrupted()) {
        throw new InterruptedException("Interrupted before waiting in virtual time");
      }
      if (!runUntil(future::isDone, until)) {
        now = until;
      }
    } else {
      park(fiber, () -> future.isDone() || !now.isBefore(until), until);
    }
    if (!future.isDone()) {
      throw new TimeoutException("Not done after " + timeout + " of virtual time");
    }
  }

  private void park(Fiber fiber, BooleanSupplier condition, Instant until)
      throws InterruptedException {
    Timer alarm = schedule(null, Duration.between(now, until), () -> {});
    try {
      fiber.park(condition);
    } finally {
      cancel(alarm);
    }
  }

  private boolean runUntil(BooleanSupplier condition, Instant until) {
    Instant since = now;
    int steps = 0;
    while (!condition.getAsBoolean()) {
      if (!step(until)) {
        return false;
      }
      steps = now.equals(since) ? steps + 1 : 0;
      since = now;
      if (steps > STEPS_WITHOUT_TIME) {
        throw new AssertionError("Something goes on for ever at " + now + " and takes no time");
      }
    }
    return true;
  }

  /** Does one thing; returns false if nothing is to be done by then. */
  private boolean step(Instant until) {
    for (Parked each : parked) {
      if (each.node().isRunning() && each.fiber().isAwake()) {
        run(each);
        return true;
      }
    }
    Task task = ready.poll();
    if (task != null) {
      run(task);
      return true;
    }
    Timer timer = timers.peek();
    if (timer == null || timer.at().isAfter(until)) {
      return false;
    }
    timers.remove();
    now = timer.at();
    ready.add(timer.task());
    return true;
  }

  private static void run(Task task) {
    VirtualNode node = task.node();
    if (node == null || node.isRunning()) {
      task.body().run();
    } else {
      node.hold(task);
    }
  }

  private void run(Parked fiber) {
    Parked before = running; // a fiber that kills a node runs those of that node to their ends
    running = fiber;
    parked.remove(fiber);
    try {
      fiber.fiber().resume();
    } finally {
      running = before;
    }
    if (!fiber.fiber().isDone()) {
      parked.add(fiber);
    }
  }
}
