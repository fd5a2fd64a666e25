package io.sagaflow.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaStoreException;
import io.sagaflow.testsupport.TestPostgres;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The tables as somebody else creates them: an administrator, or a migration tool. */
class SchemaSqlTest {

  private final DataSource dataSource = TestPostgres.freshDatabase().dataSource();
  private final Look look = new Look(dataSource);

  @Test
  void givenPrintedSql_whenAppliedByJdbc_thenAStoreThatOnlyChecksOpensAndWrites() throws Exception {
    look.execute(named().schemaSql());

    try (PostgresSagaStore store = named().migrate(false).build()) {
      store.open();

      assertThat(Samples.await(store.start(store.join("a"), Samples.saga("order-1"))).created())
          .isTrue();
    }
  }

  @Test
  void givenDefaultNames_whenPrinted_thenThePublicSchemaIsNotCreated() throws Exception {
    PostgresSagaStore.Builder builder = PostgresSagaStore.builder().dataSource(dataSource);

    look.execute(builder.schemaSql());

    assertThat(builder.schemaSql()).doesNotContain("CREATE SCHEMA");
    try (PostgresSagaStore store = builder.migrate(false).build()) {
      store.open();
      assertThat(store.nodes()).isEmpty();
    }
  }

  @Test
  void givenPrintedSql_whenCompared_thenItCreatesWhatTheStoreCreates() throws Exception {
    DataSource migrated = TestPostgres.freshDatabase().dataSource();
    try (PostgresSagaStore store = named().dataSource(migrated).build()) {
      store.open();
    }

    look.execute(named().schemaSql());

    assertThat(columns(dataSource)).isEqualTo(columns(migrated)).hasSizeGreaterThan(40);
    assertThat(indexes(dataSource)).isEqualTo(indexes(migrated)).hasSizeGreaterThan(6);
    assertThat(versions(dataSource)).isEqualTo(versions(migrated)).containsExactly("1");
  }

  /** As Flyway does it with its placeholders, or sed. */
  @Test
  void givenScriptFromTheJar_whenItsPlaceholdersAreReplaced_thenItIsEnough() throws Exception {
    String script;
    try (InputStream in =
        PostgresSagaStore.class.getResourceAsStream("schema/V1__create_tables.sql")) {
      script = new String(in.readAllBytes(), UTF_8);
    }

    look.execute("CREATE SCHEMA sagas");
    look.execute(script.replace("${schema}", "sagas").replace("${prefix}", "flow_"));

    try (PostgresSagaStore store = named().migrate(false).build()) {
      store.open();
      assertThat(store.nodes()).isEmpty();
    }
  }

  @Test
  void givenAppliedSql_whenAStoreThatMigratesOpens_thenItChangesNothing() throws Exception {
    look.execute(named().schemaSql());

    try (PostgresSagaStore store = named().build()) {
      store.open();
      store.open();
    }

    assertThat(versions(dataSource)).containsExactly("1");
  }

  @Test
  void givenNothingApplied_whenAStoreThatOnlyChecksOpens_thenTheMessageNamesTheSql() {
    try (PostgresSagaStore store = named().migrate(false).build()) {

      assertThatThrownBy(store::open)
          .isInstanceOf(SagaStoreException.class)
          .hasMessageContaining("sagas.flow_*")
          .hasMessageContaining("schemaSql()");
    }
  }

  @Test
  void givenNameThatIsSql_whenPrinted_thenRefused() {
    assertThatThrownBy(() -> named().schema("a; DROP TABLE b").schemaSql())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema must be");
  }

  private PostgresSagaStore.Builder named() {
    return PostgresSagaStore.builder().dataSource(dataSource).schema("sagas").tablePrefix("flow_");
  }

  private static List<String> columns(DataSource dataSource) throws SQLException {
    return new Look(dataSource)
        .query(
            """
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'sagas'
        ORDER BY table_name, ordinal_position
        """);
  }

  private static List<String> indexes(DataSource dataSource) throws SQLException {
    return new Look(dataSource)
        .query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'sagas' ORDER BY indexname");
  }

  private static List<String> versions(DataSource dataSource) throws SQLException {
    return new Look(dataSource)
        .query("SELECT version::text FROM sagas.flow_schema ORDER BY version");
  }
}
