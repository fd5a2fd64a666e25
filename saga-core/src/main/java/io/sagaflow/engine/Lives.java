package io.sagaflow.engine;

import io.sagaflow.CoordinatorClosedException;
import io.sagaflow.SagaId;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.SagaStore;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lives of this coordinator in the store, one after another. It joins as a node; one that lost
 * its lease is replaced by a new one; in the end the last one hands its sagas over and leaves.
 *
 * <p>The monitor guards that a node is replaced once, and none joins when closing has begun: it is
 * held while a node is replaced, the store's answers included, and where closing begins; but not
 * while calls are drained and sagas handed over. Anybody may read {@link #node}, always the latest,
 * and {@link #phase} without it.
 */
final class Lives {

  private static final Logger LOG = LoggerFactory.getLogger(Lives.class);
  private static final Duration INTERRUPTED_DRAIN = Duration.ofSeconds(1);

  private enum Phase {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final World world;
  private final SagaStore store;
  private final Environment environment;
  private final EngineOptions options;
  private volatile Phase phase = Phase.OPEN;
  private volatile Node node;

  /** Joins the store. */
  Lives(World world) {
    this.world = world;
    this.store = world.store();
    this.environment = world.environment();
    this.options = world.options();
    this.node = join();
  }

  private Node join() {
    long sentAt = environment.nanos().getAsLong();
    return new Node(store.join(options.nodeName()), world, sentAt);
  }

  /** The latest life of this coordinator. */
  Node node() {
    return node;
  }

  /** Whether the coordinator isn't being closed. */
  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /**
   * Refuses work once the coordinator is being closed.
   *
   * @throws CoordinatorClosedException if it is
   */
  void requireOpen() {
    if (!isOpen()) {
      throw closed();
    }
  }

  CoordinatorClosedException closed() {
    return new CoordinatorClosedException(
        "Coordinator " + options.nodeName() + " is closed; its sagas go on elsewhere.");
  }

  /** Called when the store says that a node has lost its lease; returns at once. */
  void fenced(Node fenced) {
    fenced.lose("The node lost its lease");
    environment.engine().execute(() -> world.rounds().asking(() -> rejoin(fenced)));
  }

  /**
   * Replaces a node that lost its lease; does nothing if that has happened. Joins anew, unless
   * another process has taken the name: two of a name would fence each other.
   */
  synchronized void rejoin(Node lost) {
    lost.lose("The node lost its lease");
    if (node != lost || phase != Phase.OPEN) {
      return;
    }
    store.evict(lost.id()); // it may have its lease still, if it was given up for a failed write
    if (store.nodes().stream().map(NodeBeat::name).anyMatch(options.nodeName()::equals)) {
      LOG.error(
          "Another process joined as node {}: this coordinator stops. Give each process a nodeName"
              + " of its own.",
          options.nodeName());
      phase = Phase.CLOSING; // at once: who tries to start a saga meanwhile is told so
      environment.engine().execute(this::stop);
      return;
    }
    node = join();
    LOG.warn("Node {} had lost its lease and joined anew", options.nodeName());
    world.room().letIn();
  }

  /** Stops the coordinator, unless that has begun; returns when it is closed. */
  void close() {
    synchronized (this) {
      if (phase != Phase.OPEN) {
        return;
      }
      phase = Phase.CLOSING;
    }
    stop();
  }

  private void stop() {
    LOG.info("Coordinator {} stops; {} sagas in memory", options.nodeName(), node.sagas());
    try {
      world.expected().stop();
      world.gates().open();
      world.room().close(closed());
      drain();
      handOver();
      phase = Phase.CLOSED;
      world.watchers().fail(closed());
      store.close();
    } finally {
      environment.shutdown().run();
    }
    LOG.info("Coordinator {} stopped", options.nodeName());
  }

  /** Lets running calls end and their outcomes become durable; interrupts those that take long. */
  private void drain() {
    CompletableFuture<Void> quiet = world.calls().stop();
    try {
      try {
        environment.waiting().until(quiet, options.drain());
      } catch (TimeoutException e) {
        node.abandonCalls("The coordinator is being closed");
        environment.waiting().until(quiet, INTERRUPTED_DRAIN);
      }
    } catch (TimeoutException e) {
      LOG.warn(
          "Calls of sagas {} ignore their interrupts; their outcomes are open",
          world.calls().snapshot());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives the sagas back, those with open calls marked. The snapshot comes first: once the lease is
   * lost calls are forgotten, as whoever took it doubts them anyway, and says so in the journal.
   */
  private void handOver() {
    Set<SagaId> open = world.calls().snapshot();
    try {
      if (!node.isLost()) {
        store.leave(node.id(), open);
      }
    } catch (RuntimeException e) {
      Throwable loggable = options.loggable(e);
      LOG.warn("The store didn't take the sagas back; others claim them after the lease", loggable);
    }
    node.lose("The coordinator was closed");
  }
}
