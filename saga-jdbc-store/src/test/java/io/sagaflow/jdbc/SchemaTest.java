package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaStoreException;
import io.sagaflow.testsupport.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

  private final DataSource dataSource = TestPostgres.freshDatabase().dataSource();

  @Test
  void givenEmptyDatabase_whenFourNodesOpenAtOnce_thenAllFindTheTables() throws Exception {
    assertThat(openAtOnce(i -> elsewhere(true))).isEqualTo(4);
  }

  /** Returns how many of four stores found no nodes. */
  private static int openAtOnce(IntFunction<PostgresSagaStore> stores) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Boolean>> opened = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      PostgresSagaStore one = stores.apply(i);
      opened.add(
          threads.submit(
              () -> {
                go.await();
                try (PostgresSagaStore store = one) {
                  store.open();
                  return store.nodes().isEmpty();
                }
              }));
    }
    go.countDown();
    int found = 0;
    for (Future<Boolean> one : opened) {
      found += one.get(60, TimeUnit.SECONDS) ? 1 : 0;
    }
    threads.shutdown();
    return found;
  }

  @Test
  void givenTables_whenCheckedOnly_thenOpenSucceeds() {
    try (PostgresSagaStore first = elsewhere(true);
        PostgresSagaStore second = elsewhere(false)) {
      first.open();

      assertThatCode(second::open).doesNotThrowAnyException();
    }
  }

  @Test
  void givenNoTables_whenCheckedOnly_thenTheMessageSaysWhatToDo() {
    try (PostgresSagaStore store = elsewhere(false)) {

      assertThatThrownBy(store::open)
          .isInstanceOf(SagaStoreException.class)
          .hasMessageContaining("migrate(true)");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void givenNewerTables_whenOpened_thenTheStoreRefuses(boolean migrate) throws Exception {
    try (PostgresSagaStore first = elsewhere(true);
        PostgresSagaStore store = elsewhere(migrate)) {
      first.open();
      try (Connection connection = dataSource.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO sagas.flow_schema (version) VALUES (99)");
      }

      assertThatThrownBy(store::open)
          .isInstanceOf(SagaStoreException.class)
          .hasMessageContaining("99")
          .hasMessageContaining("Upgrade");
    }
  }

  /** They share the schema, which is created once. */
  @Test
  void givenEmptyDatabase_whenStoresOfFourPrefixesOpenAtOnce_thenAllFindTheirTables()
      throws Exception {
    assertThat(openAtOnce(i -> builder().tablePrefix("flow" + i + "_").build())).isEqualTo(4);
  }

  @Test
  void givenNoDatabase_whenOpened_thenTheMessageSaysWhere() {
    String url = "jdbc:postgresql://localhost:1/nowhere";
    try (PostgresSagaStore store = PostgresSagaStore.create(url + "?x=secret", "u", "p")) {

      assertThatThrownBy(store::open)
          .isInstanceOf(SagaStoreException.class)
          .hasMessageContaining("Check that PostgreSQL runs there")
          .hasMessageContaining(url)
          .hasMessageNotContaining("secret");
    }
  }

  private PostgresSagaStore elsewhere(boolean migrate) {
    return builder().tablePrefix("flow_").migrate(migrate).build();
  }

  private PostgresSagaStore.Builder builder() {
    return PostgresSagaStore.builder().dataSource(dataSource).schema("sagas");
  }
}
