package io.sagaflow.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.SagaStoreException;
import io.sagaflow.testsupport.TestPostgres;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The tables as somebody else creates them: an administrator, or a migration tool. */
class SchemaSqlTest {

  private final DataSource dataSource = TestPostgres.freshDatabase().dataSource();

  @Test
  void givenPrintedSql_whenAppliedByJdbc_thenAStoreThatOnlyChecksOpensAndWrites() throws Exception {
    execute(dataSource, named().schemaSql());

    try (PostgresSagaStore store = named().migrate(false).build()) {
      store.open();

      assertThat(Samples.await(store.start(store.join("a"), Samples.saga("order-1"))).created())
          .isTrue();
    }
  }

  @Test
  void givenDefaultNames_whenPrinted_thenThePublicSchemaIsNotCreated() throws Exception {
    PostgresSagaStore.Builder builder = PostgresSagaStore.builder().dataSource(dataSource);

    execute(dataSource, builder.schemaSql());

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

    execute(dataSource, named().schemaSql());

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

    execute(dataSource, "CREATE SCHEMA sagas");
    execute(dataSource, script.replace("${schema}", "sagas").replace("${prefix}", "flow_"));

    try (PostgresSagaStore store = named().migrate(false).build()) {
      store.open();
      assertThat(store.nodes()).isEmpty();
    }
  }

  @Test
  void givenAppliedSql_whenAStoreThatMigratesOpens_thenItChangesNothing() throws Exception {
    execute(dataSource, named().schemaSql());

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

  private static void execute(DataSource dataSource, String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> columns(DataSource dataSource) throws SQLException {
    return query(
        dataSource,
        """
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'sagas'
        ORDER BY table_name, ordinal_position
        """);
  }

  private static List<String> indexes(DataSource dataSource) throws SQLException {
    return query(
        dataSource,
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'sagas' ORDER BY indexname");
  }

  private static List<String> versions(DataSource dataSource) throws SQLException {
    return query(dataSource, "SELECT version::text FROM sagas.flow_schema ORDER BY version");
  }

  private static List<String> query(DataSource dataSource, String sql) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
    }
    return answers;
  }
}
