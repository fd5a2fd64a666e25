package io.sagaflow.engine;

import io.sagaflow.ActionContext;
import io.sagaflow.LockKeys;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.machine.Outcome;
import io.sagaflow.machine.Outcome.Kind;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.Lineage;
import io.sagaflow.store.LockAnswer;
import io.sagaflow.store.LockAnswer.Deadlock;
import io.sagaflow.store.LockAnswer.Granted;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.SagaLocks;
import io.sagaflow.store.SagaStore;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Semantic locks: takes them for sagas, and wakes sagas whose turn it is. A call for locks doesn't
 * wait: it leaves the saga a place in the queues, and is made again when these have come to it, or
 * after a while.
 */
final class Locks {

  private static final Logger LOG = LoggerFactory.getLogger(Locks.class);

  private static final int MOST_KEYS = 100;
  private static final int MOST_NAMED = 10;
  private static final int WOKEN_AT_ONCE = 500;
  private static final String WAKE_ID = "locks";

  private final World world;
  private final boolean used;
  private final AtomicBoolean asked = new AtomicBoolean();

  Locks(World world, Definitions definitions) {
    this.world = world;
    this.used = definitions.all().stream().anyMatch(Compiled::locks);
  }

  /** Refuses definitions that need locks, where there are none. */
  static void requireFor(Collection<SagaDefinition<?>> definitions, SagaStore store) {
    for (SagaDefinition<?> definition : definitions) {
      if (store.locks().isEmpty() && definition.locks()) {
        throw new IllegalArgumentException(
            "Definition "
                + definition
                + " has locking(...), and "
                + store.getClass().getSimpleName()
                + " keeps no locks: use a store that does, such as PostgresSagaStore.");
      }
    }
  }

  /** Asks for what a step needs to have locked. */
  static <I> Outcome take(
      Owner owner, SagaView<I> saga, LockKeys<I> locking, ActionContext<I> context)
      throws Exception {
    Set<String> keys = keys(locking.of(context));
    if (keys.isEmpty()) {
      return Outcome.condition(true);
    }
    SagaId id = saga.header().id();
    SagaId root = saga.state().lineage().map(Lineage::root).orElse(id);
    try {
      return outcome(owner.acquire(id, root, keys), keys);
    } catch (SagaStoreException e) { // the coordinator's trouble is no failure of the step
      LOG.warn("Saga {} asks for its locks again later: {}", saga.header(), e.getMessage());
      return Outcome.waiting();
    }
  }

  private static Set<String> keys(Collection<String> given) {
    Set<String> keys = Collections.unmodifiableSet(new TreeSet<>(given));
    if (keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "locking(...) gave " + keys.size() + " keys; at most " + MOST_KEYS + " are allowed");
    }
    keys.forEach(Texts::requireLockKey);
    return keys;
  }

  private static Outcome outcome(LockAnswer answer, Set<String> keys) {
    if (answer instanceof Granted) {
      return Outcome.condition(true);
    }
    return answer instanceof Deadlock deadlock
        ? Outcome.failed(
            Kind.REJECTED,
            Texts.cut(
                "Deadlock: it would wait for sagas that wait for it in turn, among them "
                    + deadlock.with().stream().limit(MOST_NAMED).toList()
                    + ", for the locks "
                    + keys))
        : Outcome.waiting();
  }

  /** Gives up a saga's places in queues; if that fails, they go with the saga's end. */
  void withdraw(SagaId saga) {
    try {
      world.store().locks().orElseThrow().withdraw(saga);
      wake();
    } catch (SagaStoreException e) {
      LOG.warn("Saga {} keeps its places in queues for locks: {}", saga, e.getMessage());
    }
  }

  /** Called when locks may have been released; returns at once. */
  void released() {
    if (asked.compareAndSet(false, true)) {
      world.environment().engine().execute(this::wakeAsked);
    }
  }

  private void wakeAsked() {
    asked.set(false);
    try {
      wake();
    } catch (SagaStoreException e) {
      LOG.debug("Sagas that wait for locks are woken later", e);
    }
  }

  /** Wakes sagas, of any node, that wait and need not any longer. */
  void wake() {
    if (!used) {
      return;
    }
    SagaLocks locks = world.store().locks().orElseThrow();
    NewCommand look =
        NewCommand.of(CommandKind.LOOK, "sagaflow", "A lock is free.").withCommandId(WAKE_ID);
    List<SagaId> next = locks.next(WOKEN_AT_ONCE);
    next.forEach(saga -> world.store().post(saga, look));
    if (!next.isEmpty()) {
      world.rounds().attendSoon();
    }
  }
}
