package io.sagaflow.testkit;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.engine.Environment;
import io.sagaflow.testkit.loop.EventLoop;
import io.sagaflow.testkit.loop.Order;
import io.sagaflow.testkit.loop.SimulatedProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

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

  private final EventLoop loop = new EventLoop(Order.AS_THEY_COME);
  private final Map<SimulatedProcess, VirtualNode> nodes = new HashMap<>();
  private final SplittableRandom random;

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
    return start(builder, UnaryOperator.identity());
  }

  /** A node whose coordinator is still to be started. */
  VirtualNode newNode() {
    VirtualNode node = new VirtualNode(this, loop.newProcess());
    nodes.put(node.process(), node);
    return node;
  }

  /** Starts a coordinator in an environment that isn't quite this world's. */
  VirtualNode start(SagaCoordinatorBuilder builder, UnaryOperator<Environment> change) {
    VirtualNode node = newNode();
    SagaCoordinator coordinator = builder.startIn(() -> change.apply(node.environment()));
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
    return loop.now();
  }

  /**
   * Returns a clock.
   *
   * @return tells this world's time
   */
  public InstantSource clock() {
    return loop::now;
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
    loop.advance(duration);
  }

  /**
   * Lets time pass until something holds.
   *
   * @param condition what is waited for
   * @param atMost how long at most
   * @throws AssertionError if it doesn't hold by then
   */
  public void advanceUntil(BooleanSupplier condition, Duration atMost) {
    if (!loop.runUntil(condition, now().plus(atMost))) {
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
    if (!loop.isWithin()) {
      throw new IllegalStateException(
          "Only an action or a compensation sleeps; a test advances the time");
    }
    loop.await(() -> false, duration);
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

  EventLoop loop() {
    return loop;
  }

  /** The node whose action or compensation calls this. */
  VirtualNode nodeOfCaller() {
    return requireNonNull(nodes.get(loop.current()), "Only an action runs on a node");
  }
}
