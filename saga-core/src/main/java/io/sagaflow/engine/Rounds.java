package io.sagaflow.engine;

import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.SagaStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done beside the sagas, again and again, for as long as the coordinator isn't closed.
 *
 * <p>Two loops: the heartbeat renews the lease and watches other nodes, the poll claims due sagas
 * and reads inboxes. Each runs one round at a time, for the next is scheduled when it has ended, so
 * that {@link #membership} is one thread's at a time. Between polls, whoever knows that there is
 * something to take up asks for attention, and many who ask at once get it together: these rounds,
 * and looks for expected sagas, may run beside a poll, and no lock is held meanwhile. A round that
 * fails, however, doesn't end its loop.
 */
final class Rounds {

  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  private static final int CLAIM_AT_ONCE = 1_000;
  private static final int COMMANDS_AT_ONCE = 500;

  private final World world;
  private final SagaStore store;
  private final Environment environment;
  private final EngineOptions options;
  private final Definitions definitions;
  private final Membership membership;
  private final Lookout lookout;
  private final AtomicBoolean attentionAsked = new AtomicBoolean();

  Rounds(World world, Definitions definitions) {
    this.world = world;
    this.store = world.store();
    this.environment = world.environment();
    this.options = world.options();
    this.definitions = definitions;
    this.membership = new Membership(store, environment, options, this::attendSoon);
    this.lookout = new Lookout(world, world.expected());
  }

  /** Begins the loops; throws if the store can't be reached. */
  void begin() {
    membership.freeOrphans();
    beatLater();
    environment.engine().execute(this::poll);
  }

  private void beatLater() {
    environment.scheduler().schedule(options.beat(), this::beat);
  }

  private void beat() {
    if (world.lives().isClosed()) {
      return;
    }
    asking(
        () -> {
          Node current = world.lives().node();
          if (current.isLost()) {
            world.lives().rejoin(current);
          } else {
            membership.beat(current);
          }
        });
    beatLater();
  }

  private void poll() {
    if (world.lives().isClosed()) {
      return;
    }
    asking(
        () -> {
          claimDue();
          attend();
          lookout.look(world.watchers().watched());
          world.locks().wake();
        });
    environment.scheduler().schedule(options.poll(), this::poll);
  }

  /** Takes sagas and commands up before the next poll, many at once. */
  void attendSoon() {
    if (attentionAsked.compareAndSet(false, true)) {
      environment
          .engine()
          .execute(
              () -> {
                attentionAsked.set(false);
                asking(
                    () -> {
                      claimDue();
                      attend();
                    });
              });
    }
  }

  /** Asks the store soon how a saga stands that somebody waits for. */
  void lookSoon(SagaId watched) {
    environment.engine().execute(() -> asking(() -> lookout.look(Set.of(watched))));
  }

  /**
   * Does what talks to the store, and copes if that fails: the next round tries again.
   *
   * @return whether it was done
   */
  boolean asking(Runnable talk) {
    Node current = world.lives().node();
    try {
      talk.run();
      return true;
    } catch (NodeFencedException e) {
      world.lives().fenced(current);
    } catch (SagaStoreException e) {
      if (world.lives().isOpen()) {
        LOG.warn("Node {} gets no answer from the store: {}", options.nodeName(), e.getMessage());
      }
    } catch (Throwable e) { // a bug, ours or the store's: it must not end the loop
      Throwable loggable = options.loggable(e);
      LOG.error("Node {} met an unexpected failure and goes on", options.nodeName(), loggable);
    }
    return false;
  }

  /**
   * Claims what is due, since sagas are expected.
   *
   * @return whether all that was due could be claimed
   */
  boolean claimExpected() {
    return asking(this::claimDue) && world.lives().node().mayDispatch();
  }

  private void claimDue() {
    Node current = world.lives().node();
    Room room = world.room();
    int left = room.forClaims();
    while (current.mayDispatch() && left > 0) {
      int limit = Math.min(left, CLAIM_AT_ONCE);
      List<ClaimedSaga> claimed = store.claim(current.id(), definitions.refs(), world.now(), limit);
      claimed.forEach(saga -> resume(current, saga));
      left = claimed.size() < limit ? 0 : room.forClaims();
      if (claimed.size() < limit) {
        room.nothingDue();
      }
    }
  }

  /** If it goes wrong, the node is given up: it would own a saga that nobody drives. */
  private void resume(Node owner, ClaimedSaga claimed) {
    boolean untold = world.expected().arrived(claimed.saga().header().id());
    try {
      world.recovery().resume(owner, claimed, untold);
    } catch (ProcessKilled e) {
      throw e;
    } catch (Throwable e) { // a bug: the other sagas of the claim are resumed all the same
      LOG.error(
          "Saga {} could be neither resumed nor made stuck: node {} gives its sagas up",
          claimed.saga().header(),
          options.nodeName(),
          options.loggable(e));
      world.lives().fenced(owner);
    }
  }

  /** Carries the commands for this node's sagas to their actors. */
  private void attend() {
    Node current = world.lives().node();
    if (world.lives().isOpen() && !current.isLost()) {
      store.commands(current.id(), COMMANDS_AT_ONCE).forEach(current::deliver);
    }
  }
}
