package io.sagaflow.examples.guide;

import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.SagaStore;
import io.sagaflow.testkit.SagaStoreContract;

/** How the author of a store tests it. */
class OwnStoreTest extends SagaStoreContract {

  @Override
  protected SagaStore createStore() {
    return new InMemorySagaStore(); // yours: empty, and not opened yet
  }
}
