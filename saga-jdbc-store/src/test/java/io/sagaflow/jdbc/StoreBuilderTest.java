package io.sagaflow.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaStoreException;
import io.sagaflow.testsupport.Database;
import io.sagaflow.testsupport.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreBuilderTest {

  private static final String NOWHERE = "jdbc:postgresql://localhost:1/nowhere";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Saga",
        "1a",
        "_a",
        "a-b",
        "a b",
        "a\n",
        "a.b",
        "a'b",
        "a\"b",
        "\"a\"",
        "a;drop table b;--",
        "a/*",
        "ä",
        "${t}",
        "a234567890123456789012345678901"
      })
  void givenNameThatIsNotPlain_whenBuilt_thenItIsRefused(String name) {
    PostgresSagaStore.Builder builder = PostgresSagaStore.builder().url(NOWHERE, "u", "p");

    assertThatThrownBy(() -> builder.tablePrefix(name).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tablePrefix must be")
        .hasMessageContaining("\"" + name + "\"");
    assertThatThrownBy(() -> builder.tablePrefix("saga_").schema(name).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema must be");
  }

  @Test
  void givenNeitherDataSourceNorUrl_whenBuilt_thenTheMessageNamesBoth() {
    assertThatThrownBy(() -> PostgresSagaStore.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Call dataSource(...) or url(...) before build().");
  }

  @Test
  void givenBothDataSourceAndUrl_whenBuilt_thenRefused() {
    try (HikariDataSource pool = new HikariDataSource()) {
      PostgresSagaStore.Builder builder =
          PostgresSagaStore.builder().dataSource(pool).url(NOWHERE, "u", "p");

      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("dataSource(...) or url(...)")
          .hasMessageContaining("not both");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql://user:secret@host/db", "host:5432/db", ""})
  void givenUrlThatIsNotJdbc_whenSet_thenRefusedWithoutShowingIt(String url) {
    assertThatThrownBy(() -> PostgresSagaStore.builder().url(url, "u", "p"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The url must be a JDBC url, jdbc:postgresql://host:port/database");
    assertThatThrownBy(() -> PostgresSagaStore.create(url, "u", "p"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void givenUrl_whenBuiltWithItsOptions_thenItWorksThereAndItsPoolGoesWithIt() {
    Database database = TestPostgres.freshDatabase();
    PostgresSagaStore store =
        PostgresSagaStore.builder()
            .url(database.jdbcUrl(), "postgres", "")
            .tablePrefix("flow_")
            .build();

    store.open();
    store.join("a");
    store.close();

    assertThat(nodesBy(database)).isEqualTo(1);
    assertThatThrownBy(store::nodes)
        .isInstanceOf(SagaStoreException.class)
        .hasMessageContaining("has been closed");
  }

  private static int nodesBy(Database database) {
    try (PostgresSagaStore other =
        PostgresSagaStore.builder()
            .dataSource(database.dataSource())
            .tablePrefix("flow_")
            .migrate(false)
            .build()) {
      other.open();
      return other.nodes().size();
    }
  }

  @Test
  void givenDataSource_whenTheStoreIsClosed_thenItStaysOpen() {
    Database database = TestPostgres.freshDatabase();
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(database.jdbcUrl());
      try (PostgresSagaStore store = PostgresSagaStore.create(pool)) {
        store.open();
      }

      assertThat(pool.isClosed()).isFalse();
    }
  }

  /** Without them, a network that swallows everything would hold a lane for ever. */
  @Test
  void givenUrl_whenItsPoolIsMade_thenADeadNetworkIsNoticed() throws Exception {
    Database database = TestPostgres.freshDatabase();
    try (HikariDataSource pool = OwnPool.create(database.jdbcUrl(), "postgres", "", 2);
        var connection = pool.getConnection()) {

      assertThat(connection.getNetworkTimeout()).isEqualTo(40_000);
      assertThat(pool.getDataSourceProperties()).containsEntry("tcpKeepAlive", "true");
    }
  }

  @Test
  void givenUrlThatSaysOtherwise_whenItsPoolIsMade_thenTheUrlIsObeyed() throws Exception {
    Database database = TestPostgres.freshDatabase();
    try (HikariDataSource pool =
            OwnPool.create(database.jdbcUrl() + "&socketTimeout=7", "postgres", "", 2);
        var connection = pool.getConnection()) {

      assertThat(connection.getNetworkTimeout()).isEqualTo(7_000);
    }
  }
}
