package io.sagaflow.testkit;

import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.SagaStore;

class InMemorySagaStoreTest extends SagaStoreContract {

  @Override
  protected SagaStore createStore() {
    return new InMemorySagaStore();
  }
}
