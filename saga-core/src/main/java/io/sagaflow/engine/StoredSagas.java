package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.LockClaim;
import io.sagaflow.PurgePolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCounts;
import io.sagaflow.SagaId;
import io.sagaflow.SagaPage;
import io.sagaflow.SagaQuery;
import io.sagaflow.UnrunnableSagas;
import io.sagaflow.store.SagaLocks;
import io.sagaflow.store.SagaStore;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a coordinator does with the sagas of its store together, whoever runs them. */
abstract class StoredSagas implements SagaCoordinator {

  private static final Logger LOG = LoggerFactory.getLogger(StoredSagas.class);

  private final SagaStore store;
  final Definitions definitions;
  final Shapes shapes;
  private final Listings listings;
  private final Unrunnable unrunnable;
  private final Purger purger;

  /** Keeps the shapes of the definitions, before any saga of them is started or resumed. */
  StoredSagas(Engine.Parts parts, EngineOptions options, Environment environment) {
    this.store = parts.store();
    this.definitions = new Definitions(parts.definitions(), options.limits().journalRecords());
    this.shapes = new Shapes(store.shapes());
    this.listings = new Listings(store.queries(), environment.clock());
    this.unrunnable = new Unrunnable(store.queries(), shapes, definitions);
    this.purger = new Purger(store.purge(), environment, options, this::isOpen);
    shapes.keep(definitions);
  }

  /** Whether the coordinator isn't being closed. */
  public abstract boolean isOpen();

  /** Refuses work once it is. */
  public abstract void requireOpen();

  @Override
  public SagaPage sagas(SagaQuery query) {
    return listings.page(requireNonNull(query, "query"));
  }

  @Override
  public SagaCounts counts() {
    return listings.counts();
  }

  @Override
  public List<LockClaim> lockQueue(String key) {
    requireNonNull(key, "key");
    return locksInStore().claims(key);
  }

  @Override
  public List<LockClaim> locksOf(SagaId sagaId) {
    requireNonNull(sagaId, "sagaId");
    return locksInStore().claims(sagaId);
  }

  private SagaLocks locksInStore() {
    return store
        .locks()
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    store.getClass().getSimpleName() + " keeps no locks."));
  }

  @Override
  public List<UnrunnableSagas> unrunnable() {
    return unrunnable.find();
  }

  void reportUnrunnable() {
    unrunnable().forEach(sagas -> LOG.warn("{}", sagas));
  }

  @Override
  public long purge(PurgePolicy policy) {
    requireNonNull(policy, "policy");
    requireOpen();
    return purger.purge(policy);
  }

  void purgeInTheBackground(PurgePolicy policy) {
    purger.begin(policy);
  }
}
