package io.sagaflow.testkit;

import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.SagaStore;

/** The fake of the tests in virtual time does what a real store does. */
class TransactionalStoreInMemoryTest extends TransactionalStoreContract {

  private final TransactionalStoreInMemory fake =
      new TransactionalStoreInMemory(new InMemorySagaStore());

  @Override
  protected SagaStore createStore() {
    return fake;
  }

  @Override
  protected OpenTransaction begin() {
    return fake.begin();
  }
}
