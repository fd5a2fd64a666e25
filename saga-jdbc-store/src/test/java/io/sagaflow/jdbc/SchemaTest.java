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
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

  private final DataSource dataSource = TestPostgres.freshDatabase().dataSource();

  @Test
  void givenEmptyDatabase_whenFourNodesOpenAtOnce_thenAllFindTheTables() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<?>> opened = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      opened.add(
          threads.submit(
              () -> {
                go.await();
                try (PostgresSagaStore store = elsewhere(true)) {
                  store.open();
                  return store.nodes();
                }
              }));
    }

    go.countDown();

    for (Future<?> one : opened) {
      assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(List.of());
    }
    threads.shutdown();
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

  @Test
  void givenNewerTables_whenOpened_thenTheStoreRefuses() throws Exception {
    try (PostgresSagaStore store = elsewhere(true)) {
      store.open();
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

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Saga", "1a", "a-b", "a;drop", "a\"", "a234567890123456789012345678901"})
  void givenBadIdentifier_whenBuilt_thenItIsRefused(String name) {
    PostgresSagaStore.Builder builder = PostgresSagaStore.builder().dataSource(dataSource);

    assertThatThrownBy(() -> builder.tablePrefix(name).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tablePrefix");
    assertThatThrownBy(() -> builder.tablePrefix("saga_").schema(name).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema");
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
    return PostgresSagaStore.builder()
        .dataSource(dataSource)
        .schema("sagas")
        .tablePrefix("flow_")
        .migrate(migrate)
        .build();
  }
}
