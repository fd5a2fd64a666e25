package io.sagaflow.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.store.SagaStore;
import io.sagaflow.testkit.SagaStoreContract;
import io.sagaflow.testsupport.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of stores. Each test has tables of its own, in a database that they share. */
class PostgresSagaStoreTest extends SagaStoreContract {

  private static final HikariDataSource POOL = new HikariDataSource();
  private static int stores;

  @BeforeAll
  static void createDatabase() {
    POOL.setJdbcUrl(TestPostgres.freshDatabase().jdbcUrl());
  }

  @AfterAll
  static void closePool() {
    POOL.close();
  }

  @Override
  public SagaStore createStore() {
    return PostgresSagaStore.builder()
        .dataSource(POOL)
        .tablePrefix("test_" + ++stores + "_")
        .build();
  }
}
