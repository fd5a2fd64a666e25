package io.sagaflow.jdbc;

import io.sagaflow.store.SagaStore;
import io.sagaflow.testkit.SagaStoreContract;
import io.sagaflow.testsupport.TestPostgres;

class PostgresSagaStoreTest extends SagaStoreContract {

  @Override
  public SagaStore createStore() {
    return PostgresSagaStore.create(TestPostgres.freshDatabase().dataSource());
  }
}
