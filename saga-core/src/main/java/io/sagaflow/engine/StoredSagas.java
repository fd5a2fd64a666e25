package io.sagaflow.engine;

import static java.util.Objects.requireNonNull;

import io.sagaflow.PurgePolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCounts;
import io.sagaflow.SagaPage;
import io.sagaflow.SagaQuery;
import io.sagaflow.store.SagaStore;

/** What a coordinator does with the sagas of its store together, whoever runs them. */
abstract class StoredSagas implements SagaCoordinator {

  private final Listings listings;
  private final Purger purger;

  StoredSagas(SagaStore store, Environment environment) {
    this.listings = new Listings(store.queries(), environment.clock());
    this.purger = new Purger(store.purge(), environment, this::isOpen);
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
  public long purge(PurgePolicy policy) {
    requireNonNull(policy, "policy");
    requireOpen();
    return purger.purge(policy);
  }

  void purgeInTheBackground(PurgePolicy policy) {
    purger.begin(policy);
  }
}
