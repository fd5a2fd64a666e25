package io.sagaflow.engine;

import io.sagaflow.PurgePolicy;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStoreException;
import io.sagaflow.store.SagaPurge;
import io.sagaflow.store.SagaPurge.PurgeOrder;
import io.sagaflow.store.SagaPurge.Purged;
import io.sagaflow.store.SagaSlice;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes ended sagas, in rounds that begin with the oldest saga. A round is many small
 * transactions with pauses between them, so that it takes neither a thread nor the database from
 * sagas. Nodes don't agree on who does it: what one has locked, the others leave to it.
 *
 * <p>A saga that ended before an instant was started before it, so a round ends at the ids of that
 * instant. Where clocks differ, that deletes a saga later, never earlier.
 */
final class Purger {

  private static final Logger LOG = LoggerFactory.getLogger(Purger.class);
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(100);

  private final SagaPurge store;
  private final Environment environment;
  private final EngineOptions options;
  private final BooleanSupplier open;

  Purger(SagaPurge store, Environment environment, EngineOptions options, BooleanSupplier open) {
    this.store = store;
    this.environment = environment;
    this.options = options;
    this.open = open;
  }

  /** Deletes all that a policy means, on the caller's thread. */
  long purge(PurgePolicy policy) {
    long sagas = 0;
    PurgeOrder order = order(policy);
    while (order != null && open.getAsBoolean()) {
      Purged purged = store.purge(order);
      sagas += purged.sagas();
      order = rest(order, purged);
    }
    return sagas;
  }

  /** Deletes in the background; nodes that were started together don't do it at once. */
  void begin(PurgePolicy policy) {
    double roll = environment.random().nextDouble();
    Duration first = Duration.ofMillis((long) (policy.every().toMillis() * roll));
    environment.scheduler().schedule(first, () -> new Round(policy).go());
  }

  private PurgeOrder order(PurgePolicy policy) {
    Instant endedBefore = environment.clock().instant().minus(policy.keep());
    Optional<SagaId> bound = Optional.of(SagaId.boundAt(endedBefore));
    SagaSlice slice = new SagaSlice(Optional.empty(), bound, false, policy.batch());
    return new PurgeOrder(policy.statuses(), endedBefore, slice);
  }

  private static @Nullable PurgeOrder rest(PurgeOrder order, Purged purged) {
    return purged.next().map(order::behind).orElse(null);
  }

  /** One way through the store, a batch at a time. */
  private final class Round {

    private final PurgePolicy policy;
    private PurgeOrder order;
    private long sagas;

    Round(PurgePolicy policy) {
      this.policy = policy;
      this.order = order(policy);
    }

    void go() {
      if (!open.getAsBoolean()) {
        return;
      }
      PurgeOrder rest = batch();
      if (rest != null) {
        order = rest;
        environment.scheduler().schedule(BETWEEN_BATCHES, this::go);
      } else {
        environment.scheduler().schedule(pause(), () -> new Round(policy).go());
      }
    }

    /** Returns what is left; nothing after a failure, so that the next round begins anew. */
    private @Nullable PurgeOrder batch() {
      try {
        Purged purged = store.purge(order);
        sagas += purged.sagas();
        if (purged.next().isEmpty() && sagas > 0) {
          LOG.info("{} sagas that had ended before {} were purged", sagas, order.endedBefore());
        }
        return rest(order, purged);
      } catch (SagaStoreException e) {
        LOG.warn("Purging ended sagas failed and is tried again later: {}", e.getMessage());
      } catch (Throwable e) { // a bug, ours or the store's: it must not end the rounds
        LOG.error(
            "Purging ended sagas met an unexpected failure and is tried again later",
            options.loggable(e));
      }
      return null;
    }

    private Duration pause() {
      double roll = environment.random().nextDouble();
      return Duration.ofMillis((long) (policy.every().toMillis() * (0.95 + roll / 10)));
    }
  }
}
